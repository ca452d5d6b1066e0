"""The first line about a table, as a person would write it."""

import streamlit as st

from dl.profiles.headline import Headline, headline
from ui.explore.table.figures import share, short, value
from ui.explore.table.seen import Seen
from ui.text import paragraph, plain, t


def headline_view(seen: Seen) -> None:
    found = headline(seen.profile)
    st.markdown(f"## {paragraph(_size(found), _target(seen, found), _gaps(found.gaps))}")


def _size(found: Headline) -> str:
    text = "table.size" if found.features != 1 else "table.size_one"
    return t(text, rows=found.rows, columns=found.features)


def _target(seen: Seen, found: Headline) -> str:
    facts = {"target": plain(short(found.target))}
    if found.middle:
        column = seen.profile.column(seen.profile.target.field)
        low, high = (value(column, end) for end in found.middle)
        return t("table.target_number", low=low, high=high, **facts)
    if found.share is None:
        return t("table.target_unknown", **facts)
    facts |= {"level": plain(short(found.level)), "share": share(found.share)}
    return t("table.target_two" if found.classes == 2 else "table.target_many", classes=found.classes, **facts)


def _gaps(count: int) -> str:
    return t(f"table.gaps_{'none' if count == 0 else 'one' if count == 1 else 'many'}", count=count)
