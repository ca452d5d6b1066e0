"""What a run's network takes from each column, in a process of its own: `dl.jobs.run_job` says how it is started."""

from dl.jobs.run_job import Report, serve
from dl.runs.run import Run
from dl.workspace import Workspace


def work(run: Run, workspace: Workspace, report: Report) -> None:
    from dl.training.importance import find_importance  # TensorFlow takes seconds, and somebody looks already

    find_importance(run, workspace, report)


if __name__ == "__main__":
    serve("importance", work)
