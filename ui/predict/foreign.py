"""Models from others: given as a file, looked into and loaded in a process of its own, and tried."""

from math import prod

import streamlit as st

from dl.errors import LivefitError
from dl.jobs.run_jobs import JobStatus
from dl.models.store import ForeignModel, ModelStore, Pixels
from ui import state
from ui.format import shape
from ui.problems import caught, sentence
from ui.server import server
from ui.shared.datasets import dataset_name
from ui.shared.jobs import job_progress, watch_job
from ui.text import plain, t

MODEL = "model"  # in the URL
REMOVED = "model_removed"
PIXELS: tuple[Pixels, ...] = ("as_stored", "0_to_1")


def model_store() -> ModelStore:
    return ModelStore(server().workspace)


def foreign_view() -> None:
    """The way to a model that was not trained here, and those that are here already."""
    with st.expander(t("models.title"), icon=":material/deployed_code:", key="predict_models"):
        st.markdown(t("models.what"))
        _giving()
        if removed := state.session().choices.get(REMOVED):
            _undo_view(removed)
        for id, known in model_store().known().items():
            _known_view(id, known)


def _giving() -> None:
    pixels = st.segmented_control(
        t("models.pixels"),
        PIXELS,
        default="as_stored",
        required=True,
        format_func=lambda name: t("models.pixels_stored") if name == "as_stored" else t("models.pixels_one"),
        key="predict_model_pixels",
        help=t("models.pixels_help"),
    )
    file = st.file_uploader(t("models.file"), ["keras"], key="predict_model_file")
    if file is not None and st.button(t("models.take"), icon=":material/shield:", key="predict_model_take"):
        with caught():
            begun = model_store().begin(file.name, file, pixels)
            server().jobs["model"].start(begun)
            state.session().choices[MODEL] = begun.id
    if begun_id := state.session().choices.get(MODEL):
        _begun_view(begun_id)


def _begun_view(id: str) -> None:
    """What becomes of the file that was given last."""
    try:
        asked = model_store().begun(id)
    except LivefitError:
        return
    status = server().jobs["model"].status(asked)
    if status and status.works:
        watch_job("model", asked, _progress_view)
    elif status and status.state == "failed":
        asked.model_file.unlink(missing_ok=True)  # the sentence stays, the file is of no use
        st.error(sentence(status), icon=":material/gpp_bad:")
        if st.button(t("models.understood"), key="predict_model_understood"):
            model_store().discard(id)
            st.rerun()


def _progress_view(status: JobStatus) -> None:
    job_progress(status, t("models.progress"))


def _known_view(id: str, known: ForeignModel) -> None:
    run = model_store().begun(id)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"predict_{id}"):
        facts = {"shape": shape(known.input_shape), "outputs": known.outputs, "parameters": known.parameters}
        st.markdown(
            f"**{plain(known.name)}**  \n{t('models.facts', layers=len(known.layers), **facts)}", width="stretch"
        )
        if (run.folder / "dataset.json").is_file():
            label = t("models.try", dataset=plain(dataset_name(run.dataset().id)))
            if st.button(label, icon=":material/draw:", key=f"predict_try_{id}"):
                for name in ("run", "epoch", "row", "by"):
                    state.put_in_url(name, None)
                state.put_in_url(MODEL, id)
                st.rerun()
        else:
            st.caption(t("models.no_data", count=prod(known.input_shape)))
        if st.button(t("models.remove"), icon=":material/delete:", key=f"predict_remove_{id}", type="tertiary"):
            with caught():
                model_store().remove(id)
            state.session().choices[REMOVED] = id
            st.rerun()


def _undo_view(id: str) -> None:
    """Of the model that was removed last."""
    with st.container(horizontal=True, vertical_alignment="center", key="predict_model_removed"):
        st.markdown(f":material/delete: {t('models.removed')}", width="content")
        if st.button(t("models.undo"), icon=":material/undo:", key="predict_model_undo"):
            del state.session().choices[REMOVED]
            with caught():
                model_store().restore(id)
            st.rerun()
