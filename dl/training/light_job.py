"""The light form of a run that has none, made in a process of its own: `dl.jobs.run_job` says how it is started."""

from dl.jobs.run_job import Report, serve
from dl.runs.run import Run
from dl.workspace import Workspace


def work(run: Run, workspace: Workspace, report: Report) -> None:
    from dl.training.light import make_light

    make_light(run, workspace)


if __name__ == "__main__":
    serve("light", work)
