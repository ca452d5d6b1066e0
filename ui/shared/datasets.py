"""The catalogue of data sets in the reader's language: names, facts, and which one is looked at."""

from contextlib import suppress
from math import prod

import streamlit as st

from dl.datasets import Dataset
from dl.errors import DatasetError, UnknownDataset
from ui import state
from ui.format import shape, size
from ui.frame import page_file
from ui.server import server
from ui.text import has_text, plain, t

NEW = "new"  # in the URL, for a table that is still to be given
LASTING = {"dataset", "lang"}  # what stays in the URL when another data set is looked at
LIST_WIDTH = 360


def dataset_name(dataset_id: str) -> str:
    key = f"dataset.{dataset_id}_name"
    if has_text(key):
        return t(key)
    try:
        return server().datasets.describe(dataset_id).name
    except DatasetError:
        return dataset_id


def shown_datasets() -> list[Dataset]:
    """What the pages can show: one's own first, then pictures and tables that are built in."""
    store = server().datasets
    return sorted(store.known(), key=lambda known: not store.is_own(known.id))


def shown_dataset(dataset_id: str) -> Dataset:
    """A table that is here as it is said to be now. Raises UnknownDataset where the pages cannot show it."""
    for known in (shown := shown_datasets()):
        if known.id == dataset_id:
            with suppress(DatasetError):
                return server().datasets.imported(dataset_id) if known.is_table else known
            return known
    raise UnknownDataset(dataset=dataset_id, known=[known.id for known in shown])


def class_names(dataset: Dataset) -> list[str]:
    """Translated where the catalogue knows the class, else as the data has it; not yet safe for Markdown."""
    keys = [f"dataset.{dataset.id}_class_{index}" for index in range(len(dataset.classes))]
    return [t(key) if has_text(key) else name for key, name in zip(keys, dataset.classes, strict=True)]


def wanted_dataset() -> str:
    """What the URL or the session names, which may be anything; else the best that needs no network."""
    return state.chosen("dataset") or server().datasets.default()


def forget_choices() -> None:
    """Whatever of the URL was about the data set that was looked at."""
    for name in set(st.query_params) - LASTING:
        state.put_in_url(name, None)


def use_button(wanted: str) -> None:
    """The way to the next page, open when the data are here."""
    ready = any(known.id == wanted and server().datasets.is_here(wanted) for known in shown_datasets())
    label = f"{t('explore.use')} :material/arrow_forward:"
    if st.button(label, type="primary", key="explore_use", disabled=not ready):
        state.choose("dataset", wanted)
        st.switch_page(page_file("configure"))


def dataset_controls(wanted: str) -> None:
    """All data sets in a list, and the way to one more; a choice goes into the URL, and the page runs again with it."""
    shown = {known.id: known for known in shown_datasets()}
    st.session_state["explore_dataset"] = wanted if wanted in shown else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox(
            t("explore.dataset"),
            [*shown],
            format_func=lambda name: _option(shown[name]),
            key="explore_dataset",
            on_change=_choose,
            label_visibility="collapsed",
            placeholder=t("explore.dataset_none"),
            width=LIST_WIDTH,
        )
        if st.button(t("explore.bring"), icon=":material/upload_file:", key="explore_bring"):
            state.put_in_url("bring", NEW)
            st.rerun()
        label, help = t("explore.compare"), t("explore.dataset_help")
        if st.button(label, icon=":material/list_alt:", type="tertiary", key="explore_compare", help=help):
            st.dialog(t("explore.catalogue"), width="medium")(_catalogue_view)()


def facts_view(known: Dataset) -> None:
    """One line about the data set and one of facts."""
    with st.container(gap="xxsmall"):
        if has_text(about := f"dataset.{known.id}_about"):
            st.markdown(t(about))
        st.markdown(_facts(known))


def look_at(dataset_id: str) -> None:
    """From now on, on all pages; what was filtered in the other set is forgotten."""
    forget_choices()
    state.choose("dataset", dataset_id)


def _choose() -> None:
    if chosen := st.session_state["explore_dataset"]:
        look_at(chosen)


def _option(known: Dataset) -> str:
    """Not Markdown."""
    store = server().datasets
    kind = t("dataset.kind_table" if known.is_table else "dataset.kind_picture")
    missing = 0 if store.is_here(known.id) else store.bytes_to_download(known.id)
    parts = [dataset_name(known.id), kind, *([t("explore.to_download", size=size(missing))] if missing else [])]
    return " · ".join(parts)


def _catalogue_view() -> None:
    for known in shown_datasets():
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{plain(dataset_name(known.id))}**", width="stretch")
                _place_badge(known.id)
                key = f"explore_catalogue_{known.id}"
                if st.button(t("explore.look"), key=key, on_click=look_at, args=(known.id,)):
                    st.rerun()
            facts_view(known)


def _place_badge(dataset_id: str) -> None:
    store = server().datasets
    if store.is_here(dataset_id):
        st.badge(t("explore.here"), icon=":material/check:", color="green")
    elif missing := store.bytes_to_download(dataset_id):
        st.badge(t("explore.to_download", size=size(missing)), icon=":material/download:", color="gray")
    else:
        st.badge(t("explore.to_prepare"), color="gray")


def _facts(known: Dataset) -> str:
    """Not a caption: that is faint as a whole, and its link could not be read."""
    facts = _facts_of_table(known) if known.is_table else _facts_of_pictures(known)
    if server().datasets.is_own(known.id):
        files = [plain(name) for name in (known.origin.file, known.origin.test_file) if name] if known.origin else []
        return f":small[:gray[{' · '.join([*facts, *files])}]]"
    facts.append(plain(known.licence) or t("dataset.no_licence"))
    return f":small[:gray[{' · '.join(facts)} ·] [{t('dataset.source')}]({known.source})]"


def _facts_of_pictures(known: Dataset) -> list[str]:
    return [
        t("dataset.pictures", count=known.rows.total),
        f"{shape(known.shape[:2])} {t('dataset.grey' if known.shape[2] == 1 else 'dataset.colour')}",
        t("dataset.classes", count=len(known.classes)),
        size(known.rows.total * prod(known.shape)),
    ]


def _facts_of_table(known: Dataset) -> list[str]:
    classes = len(known.classes)
    return [
        t("dataset.rows", count=known.rows.total),
        t("dataset.columns", count=len(known.columns)),
        t("dataset.classes", count=classes) if classes else t("dataset.a_number"),
    ]
