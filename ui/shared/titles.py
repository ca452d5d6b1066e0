"""What the browser's tab says of a run, for those who look elsewhere meanwhile."""

from dl.runs import Run, Status
from ui.format import percent
from ui.frame import full_title
from ui.shared.runs import run_label
from ui.text import t


def running_title(run: Run) -> str:
    """Whose gap {share} is filled in the browser."""
    return full_title(_running(run, "{share}"))


def tab_title(run: Run, status: Status) -> str:
    if status.state == "RUNNING" and status.steps:
        return _running(run, percent(status.step / status.steps, 0))
    return f"{t(f'state.{status.state}')} · {run_label(run)}"


def _running(run: Run, share: str) -> str:
    return f"▶ {share} · {run_label(run)}"
