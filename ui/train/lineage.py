"""Where a run comes from: the saved epochs that it and its ancestors were forked from, and its own forks."""

from pathlib import Path

import streamlit as st

from dl.errors import LivefitError
from dl.runs import Run
from dl.specs import Fork
from ui import state
from ui.server import server
from ui.shared.runs import changed_at
from ui.text import t

FORKS_SHOWN = 8


def lineage_view(run: Run) -> None:
    """One line of ways there; nothing for a run that neither is a fork nor has any."""
    origins, forks = ancestors(run), _forks(run)
    if not origins and not forks:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="train_lineage"):
        for fork in origins:
            text = t("train.fork_of", run=fork.run, epoch=fork.epoch, step=fork.step)
            _link(fork.run, text)
        for forked in forks[:FORKS_SHOWN]:
            _link(forked.id, t("train.forked_to", run=forked.id))
        if len(forks) > FORKS_SHOWN:
            st.caption(t("train.forks_more", count=len(forks) - FORKS_SHOWN), width="content")


def fork_of(run: Run) -> Fork | None:
    """What it was forked from; None too for a run that cannot be read."""
    return _fork_of(str(run.folder), changed_at(run, "spec.json"))


@st.cache_data(show_spinner=False, max_entries=5000)
def _fork_of(folder: str, made_at: int) -> Fork | None:
    """The last argument is there for the cache: a number may be given again."""
    try:
        return Run(Path(folder)).spec().fork
    except LivefitError:
        return None


def ancestors(run: Run) -> list[Fork]:
    """The nearest first, as far as they are still there."""
    found: list[Fork] = []
    fork = fork_of(run)
    while fork and fork.run not in {known.run for known in found}:
        found.append(fork)
        fork = fork_of(Run(server().runs.folder / fork.run))
    return found


def _forks(run: Run) -> list[Run]:
    """The oldest first."""
    runs = reversed(server().runs.list())
    return [other for other in runs if (fork := fork_of(other)) and fork.run == run.id]


def _link(id: str, label: str) -> None:
    """A button, for the browser's address does not follow a link from a page to itself."""
    gone = not (server().runs.folder / id).is_dir()
    st.button(
        label,
        icon=":material/call_split:",
        key=f"train_lineage_{id}",
        type="tertiary",
        help=t("train.fork_gone_run", run=id) if gone else None,
        on_click=state.choose,
        args=("run", id),
        disabled=gone,
    )
