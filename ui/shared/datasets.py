"""The catalogue of data sets in the reader's language: names, facts, and which one is looked at."""

from math import prod

import streamlit as st

from dl.datasets import Dataset
from dl.errors import DatasetError, UnknownDataset
from ui import state
from ui.format import shape, size
from ui.frame import page_file
from ui.server import server
from ui.text import has_text, plain, t


def dataset_name(dataset_id: str) -> str:
    key = f"dataset.{dataset_id}_name"
    if has_text(key):
        return t(key)
    try:
        return server().datasets.describe(dataset_id).name
    except DatasetError:
        return dataset_id


def shown_datasets() -> list[Dataset]:
    """What the pages can show."""
    return server().datasets.known("picture")


def shown_dataset(dataset_id: str) -> Dataset:
    """Raises UnknownDataset where the pages cannot show it."""
    for known in (shown := shown_datasets()):
        if known.id == dataset_id:
            return known
    raise UnknownDataset(dataset=dataset_id, known=[known.id for known in shown])


def class_names(dataset: Dataset) -> list[str]:
    """Translated where the catalogue knows the class, else as the data has it; not yet safe for Markdown."""
    keys = [f"dataset.{dataset.id}_class_{index}" for index in range(len(dataset.classes))]
    return [t(key) if has_text(key) else name for key, name in zip(keys, dataset.classes, strict=True)]


def wanted_dataset() -> str:
    """What the URL or the session names, which may be anything; else the best that needs no network."""
    return state.chosen("dataset") or server().datasets.default()


def use_button(wanted: str) -> None:
    """The way to the next page, open when the data are here."""
    ready = any(known.id == wanted and server().datasets.is_here(wanted) for known in shown_datasets())
    label = f"{t('explore.use')} :material/arrow_forward:"
    if st.button(label, type="primary", key="explore_use", disabled=not ready):
        state.choose("dataset", wanted)
        st.switch_page(page_file("configure"))


def dataset_controls(wanted: str) -> None:
    """All data sets in a row; a choice goes into the URL, and the page runs again with it."""
    names = [known.id for known in shown_datasets()]
    st.session_state["explore_dataset"] = wanted if wanted in names else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.pills(
            t("explore.dataset"),
            names,
            required=wanted in names,
            format_func=_pill,
            key="explore_dataset",
            on_change=_choose,
            label_visibility="collapsed",
            wrap=True,
        )
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
    state.choose("dataset", dataset_id)
    for name in ("class", "page"):
        state.put_in_url(name, None)


def _choose() -> None:
    if chosen := st.session_state["explore_dataset"]:
        look_at(chosen)


def _pill(dataset_id: str) -> str:
    store = server().datasets
    away = store.bytes_to_download(dataset_id) and not store.is_here(dataset_id)
    return f":material/download: {dataset_name(dataset_id)}" if away else dataset_name(dataset_id)


def _catalogue_view() -> None:
    for known in shown_datasets():
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{dataset_name(known.id)}**", width="stretch")
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
    facts = [
        t("dataset.pictures", count=known.rows.total),
        f"{shape(known.shape[:2])} {t('dataset.grey' if known.shape[2] == 1 else 'dataset.colour')}",
        t("dataset.classes", count=len(known.classes)),
        size(known.rows.total * prod(known.shape)),
        plain(known.licence) or t("dataset.no_licence"),
    ]
    # Not a caption: that is faint as a whole, and its link could not be read.
    return f":small[:gray[{' · '.join(facts)} ·] [{t('dataset.source')}]({known.source})]"
