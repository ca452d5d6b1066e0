"""A passport that is given to be repeated: what is in it, whether its data are here, and the button that starts."""

import streamlit as st

from dl.datasets import Dataset
from dl.errors import DatasetMissing, LivefitError
from dl.runs import Run
from dl.runs.passport import MOST_BYTES, Passport, parse_passport
from dl.runs.reproduction import data_for, repeat
from dl.specs.summary import structure
from ui import state
from ui.format import loss_last, metric_name, score
from ui.frame import dialog, page_file
from ui.problems import sentence
from ui.server import server
from ui.shared.start import begin_once
from ui.text import plain, t

DIALOG = "passport"
TYPES = ["json"]


def passport_button() -> None:
    label = t("passport.open")
    if st.button(label, icon=":material/approval:", type="tertiary", key="home_passport", help=t("passport.open_help")):
        state.open_dialog(DIALOG)


def passport_dialog() -> None:
    """To be called last on the page."""
    if state.opened_dialog(DIALOG) is not None:
        dialog(t("passport.title"), "approval", _passport)


def _passport() -> None:
    st.markdown(t("passport.what"))
    given = st.file_uploader(t("passport.file"), TYPES, key="home_passport_file", max_upload_size=MOST_BYTES // 10**6)
    if given is None:
        return
    try:
        passport = parse_passport(given.getvalue())
        _facts_view(passport)
        dataset = data_for(passport, server().datasets)
    except DatasetMissing as error:
        st.warning(sentence(error), icon=":material/database:")
        _data_button(passport.spec.data.dataset)
        return
    except LivefitError as error:
        st.error(sentence(error), icon=":material/error:")
        return
    if dataset.fingerprint != passport.data.fingerprint:
        st.warning(t("passport.other_data"), icon=":material/difference:")
    label = t("passport.repeat")
    if st.button(label, icon=":material/play_arrow:", type="primary", key="home_passport_repeat"):
        _repeat(passport, dataset)


def _facts_view(passport: Passport) -> None:
    scores = passport.results.scores
    told = [f"{plain(metric_name(name))} {plain(score(name, scores[name]))}" for name in loss_last(list(scores))]
    facts = {
        "dataset": plain(passport.data.name),
        "network": plain(structure(passport.spec.model)),
        "epochs": len(passport.epochs),
        "scores": t("format.list").join(told),
    }
    st.markdown(t("passport.facts", **facts))


def _data_button(dataset_id: str) -> None:
    if st.button(t("evaluate.get_data"), icon=":material/download:", key="home_passport_data"):
        state.close_dialog()
        state.choose("dataset", dataset_id)
        st.switch_page(page_file("explore"))


def _repeat(passport: Passport, dataset: Dataset) -> None:
    def begin() -> Run:
        run = repeat(passport, dataset, server().runs)
        lease = run.lease()
        assert lease, "it was claimed to be finished first"
        lease.release()  # from now on it waits in the queue as others do
        return run

    state.close_dialog()
    begin_once(passport.model_dump_json(), begin)
