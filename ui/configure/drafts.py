"""The network that is being configured: the data and the preset it starts from, and its way between the session, the
disk and the URL.

A session writes only drafts that it began itself. One that was opened by its URL, after a reload or by somebody who
got the link, is copied under an id of its own when it is changed there for the first time: whoever opens which link
how often, nobody's work is overwritten, and nobody has to be asked who they are.
"""

from contextlib import suppress

import streamlit as st

from dl.datasets import Dataset
from dl.drafts import DraftStore
from dl.errors import DatasetError, UnknownDraft
from dl.specs import RunSpec, parse_spec
from dl.specs.presets import default_spec, preset, preset_name, presets_for
from dl.tasks import task_of
from ui import state
from ui.draft import Draft, plain_value
from ui.problems import sentence
from ui.server import server
from ui.shared.datasets import dataset_name, wanted_dataset
from ui.text import spoken, t


def dataset_choice() -> str:
    """The data set named in the URL or chosen before, changed here; an unknown name is returned as it is."""
    names = [known.id for known in server().datasets.known()]
    wanted = wanted_dataset()
    index = names.index(wanted) if wanted in names else None
    chosen = st.selectbox(t("field.dataset"), names, index, format_func=dataset_name, width=240)
    if chosen is None:
        return wanted
    state.choose("dataset", chosen)
    return chosen


def configured_dataset(dataset_id: str) -> Dataset:
    """A table as it lies here, for its target and columns may have been changed. Raises DatasetError."""
    store = server().datasets
    known = store.describe(dataset_id)
    return store.imported(dataset_id) if known.is_table and store.is_here(dataset_id) else known


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
            _take_over(draft, name, dataset)
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
    with suppress(DatasetError):
        name = _current_preset(draft, configured_dataset(draft.value["data"]["dataset"]))
    draft.value["data"]["dataset"] = dataset.id
    encodings = {fit.encoding for fit in task_of(dataset).losses.values()}
    was_of_pictures = draft.inputs[0]["kind"] == "picture"
    if draft.value["data"]["target_encoding"] not in encodings or was_of_pictures != (dataset.picture is not None):
        draft.replace(default_spec(dataset))  # it was asked for something else altogether
        return
    if name:
        _take_over(draft, name, dataset)
    draft.changed()


def _take_over(draft: Draft, name: str, dataset: Dataset) -> None:
    """What the preset says: of pictures the layers, of a table all but which rows are learnt from."""
    if dataset.picture:
        draft.layers[:] = [layer.model_dump() for layer in preset(name, dataset).layers]
        return
    wanted = plain_value(default_spec(dataset, name))
    draft.value |= {part: wanted[part] for part in ("model", "training")}
    draft.value["data"]["target_encoding"] = wanted["data"]["target_encoding"]


def open_named_draft() -> None:
    """Make what the URL names the session's draft; a sentence says if it is not here.

    A click right after the first change still comes with the name of the draft that was copied: it means the copy.
    """
    wanted, draft = st.query_params.get("draft"), state.session().draft
    if wanted is None or (draft and draft.is_called(wanted)):
        return
    try:
        spec = _store().read(wanted)
    except UnknownDraft as error:
        st.warning(sentence(error), icon=":material/link_off:")
        state.put_in_url("draft", None)
        return
    revision = draft.revision + 1 if draft else 0  # the widgets hold what the draft before it says
    state.session().draft = Draft(spec, wanted, revision)
    state.choose("dataset", spec.data.dataset)


def save_draft(draft: Draft, spec: RunSpec) -> None:
    """Once it has been changed. A disk that is full takes away the link, but not the work."""
    if not draft.is_saved:
        try:
            draft.saved_as(_write(draft, spec))
        except OSError:
            st.warning(t("configure.not_saved"), icon=":material/save:")
            return
    state.put_in_url("draft", draft.id)


def _write(draft: Draft, spec: RunSpec) -> str:
    if draft.id is None or not draft.is_own:
        return _store().create(spec)
    _store().write(draft.id, spec)
    return draft.id


def undo_and_redo(draft: Draft) -> None:
    """To be drawn after the fields: a callback would come before what was typed just before the click."""
    for name, action, possible in (("undo", draft.undo, draft.can_undo), ("redo", draft.redo, draft.can_redo)):
        if st.button(
            spoken(t(f"configure.{name}")),
            icon=f":material/{name}:",
            key=f"configure_{name}",
            help=t(f"configure.{name}"),
            type="tertiary",
            disabled=not possible,
            width=32,
        ):
            action()
            state.choose("dataset", draft.value["data"]["dataset"])
            st.rerun()


def _store() -> DraftStore:
    return DraftStore(server().workspace.drafts)
