"""One's own handwriting: drawings that were kept, how many of them the network reads, and training on them too."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dl.datasets.handwriting import FEWEST, Drawings, Handwriting, held_out, original, with_handwriting
from dl.errors import DatasetError
from dl.evaluation.classification import accuracy_interval
from dl.prediction.networks import Ready
from dl.tasks.metrics import ACCURACY
from ui.components.try_it import Kept
from ui.format import confidence, percent
from ui.problems import caught, sentence
from ui.server import server
from ui.shared.datasets import class_names
from ui.shared.gallery import gallery_view
from ui.shared.start import start_run
from ui.text import plain, t

SHOWN = 24
Answers = NDArray[np.float32]


def keep(ready: Ready, kept: Kept) -> None:
    with caught():
        mine(ready).keep(kept.content, ready.dataset.classes.index(kept.label))
        st.toast(t("predict.kept", label=plain(kept.label)), icon=":material/check:")


def mine(ready: Ready) -> Handwriting:
    """Of the data set whose digits these are, with what was added to it or without."""
    workspace = server().workspace
    return Handwriting(workspace, ready.dataset.model_copy(update={"id": original(workspace, ready.dataset.id)}))


def handwriting_view(ready: Ready, epoch: int | None) -> None:
    handwriting = mine(ready)
    every = handwriting.drawings()
    label = t("predict.mine", count=len(every))
    with st.expander(label, icon=":material/edit:", key="predict_mine"):
        if not len(every):
            st.markdown(t("predict.mine_none"))
            return
        shown = held_out(server().workspace, ready.dataset.id, every)
        outputs = ready.pictures(shown.pictures, epoch).answers if len(shown) else None
        _scores(ready, shown, outputs, len(every), epoch)
        if outputs is not None:
            _gallery(ready, shown, outputs)
        _actions(ready, handwriting, every)


def _scores(ready: Ready, shown: Drawings, outputs: Answers | None, total: int, epoch: int | None) -> None:
    """Beside the official score, of those that the network has not learnt from."""
    if outputs is not None:
        right = int((outputs.argmax(axis=1) == shown.labels).sum())
        low, high = accuracy_interval(right, len(shown))
        facts = {"right": right, "total": len(shown), "low": 100 * low, "high": 100 * high}
        st.markdown(t("predict.mine_score", share=percent(right / len(shown)), **facts))
    if total > len(shown):
        st.caption(t("predict.mine_used", count=total - len(shown)))
    results = ready.network.run.results()
    if epoch is None and results and ACCURACY.name in results.scores:
        st.markdown(t("predict.official_score", share=percent(results.scores[ACCURACY.name])))


def _gallery(ready: Ready, shown: Drawings, outputs: Answers) -> None:
    """The newest first."""
    rows = np.arange(len(shown))[::-1][:SHOWN]
    names = class_names(ready.dataset)
    facts = [
        {
            "true": names[shown.labels[row]],
            "predicted": names[int(answer.argmax())],
            "confidence": confidence(float(answer.max())),
        }
        for row, answer in zip(rows, outputs[rows], strict=True)
    ]
    captions = [t("evaluate.picture", **{name: plain(text) for name, text in fact.items()}) for fact in facts]
    alts = [t("predict.mine_alt", **fact) for fact in facts]
    gallery_view(shown.pictures[rows], ready.dataset.value_range, captions, alts)


def _actions(ready: Ready, handwriting: Handwriting, every: Drawings) -> None:
    with st.container(horizontal=True):
        enough = len(every) >= FEWEST
        label, help = t("predict.mine_train"), t("predict.mine_train_help", fewest=FEWEST)
        if st.button(label, icon=":material/model_training:", key="predict_mine_train", disabled=not enough, help=help):
            _train(ready)
        if st.button(t("predict.mine_undo"), icon=":material/undo:", key="predict_mine_undo"):
            handwriting.remove(every.names[-1])
            st.rerun()
        with st.popover(t("predict.mine_remove"), icon=":material/delete:", key="predict_mine_remove"):
            st.markdown(t("predict.mine_remove_what", count=len(every)))
            if st.button(t("predict.mine_remove_yes"), type="primary", key="predict_mine_remove_yes"):
                for name in every.names:
                    handwriting.remove(name)
                st.rerun()


def _train(ready: Ready) -> None:
    """The same network and training, on the data set with every other drawing in it."""
    run, store = ready.network.run, server().datasets
    try:
        made = with_handwriting(store, original(server().workspace, ready.dataset.id))
    except DatasetError as error:
        st.error(sentence(error), icon=":material/error:")
        return
    spec = run.spec()
    data = spec.data.model_copy(update={"dataset": made.id, "fingerprint": None})
    start_run(spec.model_copy(update={"data": data, "fork": None}))
