"""Which data and which preset the draft of a network starts from."""

from contextlib import suppress

import streamlit as st

from dl.datasets import Dataset
from dl.errors import UnknownDataset
from dl.specs import parse_spec
from dl.specs.presets import default_spec, preset, preset_name, presets_for
from dl.tasks.choice import task_of
from ui import state
from ui.draft import Draft
from ui.shared.datasets import dataset_name, shown_dataset, shown_datasets, wanted_dataset
from ui.text import t


def dataset_choice() -> str:
    """The data set named in the URL or chosen before, changed here; an unknown name is returned as it is."""
    names = [known.id for known in shown_datasets()]
    wanted = wanted_dataset()
    index = names.index(wanted) if wanted in names else None
    chosen = st.selectbox(t("field.dataset"), names, index, format_func=dataset_name, width=240)
    if chosen is None:
        return wanted
    state.choose("dataset", chosen)
    return chosen


def open_draft(dataset: Dataset) -> Draft:
    """The session's draft, which begins with the textbook network and follows the data set."""
    draft = state.session().draft
    if draft is None:
        draft = Draft(default_spec(dataset))
    elif draft.value["data"]["dataset"] != dataset.id:
        _move_to(draft, dataset)
    state.session().draft = draft
    return draft


def preset_choice(draft: Draft, dataset: Dataset) -> None:
    current = _current_preset(draft, dataset)

    def start_over() -> None:
        if name := st.session_state[key]:
            draft.value["model"]["layers"] = [layer.model_dump() for layer in preset(name, dataset).layers]
            draft.changed()

    key = f"configure_preset_{draft.revision}_{current}"
    st.pills(
        t("configure.start_from"),
        list(presets_for(dataset)),
        default=current,
        format_func=lambda name: t(f"preset.{name}"),
        key=key,
        on_change=start_over,
        help=t("configure.start_from_help"),
        wrap=True,
    )


def _current_preset(draft: Draft, dataset: Dataset) -> str | None:
    return preset_name(parse_spec(draft.value).model, dataset)


def _move_to(draft: Draft, dataset: Dataset) -> None:
    """The same preset fitted to the new data; a network of the user's own is kept, and the checks say what misfits."""
    name = None
    with suppress(UnknownDataset):
        name = _current_preset(draft, shown_dataset(draft.value["data"]["dataset"]))
    draft.value["data"]["dataset"] = dataset.id
    encodings = {fit.encoding for fit in task_of(dataset).losses.values()}
    if draft.value["data"]["target_encoding"] not in encodings:  # it was asked for something else altogether
        draft.replace(default_spec(dataset))
        return
    if name:
        draft.value["model"]["layers"] = [layer.model_dump() for layer in preset(name, dataset).layers]
    draft.changed()
