"""A file of rows answered in a process of its own: `dl.jobs.run_job` says how it is started."""

from functools import partial

from dl.datasets.tables.left_out import write_left_out
from dl.files import discard, replace, temporary, write_model
from dl.jobs.run_job import Report, serve
from dl.prediction.files import answer_file
from dl.prediction.networks import Networks
from dl.prediction.requests import ANSWERS, LEFT_OUT, REQUEST, read_request
from dl.runs.run import Run
from dl.runs.store import RunStore
from dl.workspace import Workspace


def work(asked: Run, workspace: Workspace, report: Report) -> None:
    """`asked` has the folder of a request. Raises LivefitError."""
    request, folder = read_request(asked.folder), asked.folder
    ready = Networks(workspace).of(RunStore(workspace.runs).get(request.run), patient=True)
    assert ready.preparation, "only tables are asked for by files"
    with temporary(folder / "staging") as staging, temporary(folder / ANSWERS) as target:
        staging.mkdir()
        answer = partial(ready.encoded, epoch=request.epoch)
        source = folder.joinpath(request.source)
        left = answer_file(source, target, ready.dataset, ready.preparation, answer, staging, report)
        write_left_out(folder / LEFT_OUT, left)
        write_model(folder / REQUEST, request.model_copy(update={"left_out": len(left)}))
        replace(target, folder / ANSWERS)
    if source.parent == folder:
        discard(source)


if __name__ == "__main__":
    serve("answers", work)
