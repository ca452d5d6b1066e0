"""Whether the same has come out in a run that repeats the one of a passport."""

import streamlit as st

from dl.runs import Run
from dl.runs.reproduction import Difference, Reproduction, repeated, reproduction
from ui.format import metric_name, score
from ui.text import paragraph, plain, t

DIGITS = 5  # in which scores agree that count as the same


def reproduction_view(run: Run) -> None:
    """Nothing for any other run."""
    passport = repeated(run)
    found = reproduction(run, passport) if passport else None
    if not found:
        return
    if found.same:
        st.success(paragraph(_yes(found), *_causes(found, "even_though")), icon=":material/verified:")
    else:
        reasons = "\n".join(f"- {_told(each)}" for each in found.outcomes)
        said = [t("passport.no"), reasons, *_causes(found, "may_be")]
        st.warning("\n\n".join(said), icon=":material/difference:")


def _yes(found: Reproduction) -> str:
    return t("passport.yes_stopped" if found.stopped else "passport.yes", epochs=found.epochs, digits=DIGITS)


def _causes(found: Reproduction, words: str) -> list[str]:
    """One sentence for all that is otherwise here than it was there."""
    told = [_told(cause) for cause in found.causes]
    return [t(f"passport.{words}", causes=t("passport.between").join(told))] if told else []


def _told(difference: Difference) -> str:
    facts = dict(difference.facts)
    if name := facts.get("metric"):
        values = {who: plain(score(name, facts[who])) for who in ("theirs", "ours")}
        return t(f"passport.{difference.code}", **facts | values | {"metric": plain(metric_name(name))})
    return t(f"passport.{difference.code}", **{name: plain(str(value)) for name, value in facts.items()})
