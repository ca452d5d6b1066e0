"""A run's network in other forms, made in a process of its own: `dl.jobs.run_job` says how it is started."""

from dl.jobs.run_job import Report, serve
from dl.runs.run import Run
from dl.workspace import Workspace


def work(run: Run, workspace: Workspace, report: Report) -> None:
    report(0, 0)
    from dl.training.exports import make_exports  # TensorFlow takes seconds, and somebody looks already

    make_exports(run, workspace, report)


if __name__ == "__main__":
    serve("exports", work)
