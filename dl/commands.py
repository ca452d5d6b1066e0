"""What the commands of `python -m dl` do. Each returns the exit code."""

import json
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from dl.datasets import Dataset, DatasetStore, Progress
from dl.datasets.tables.request import TableRequest
from dl.errors import Problem, SpecError
from dl.runs import Run, RunStore, Status
from dl.runs.log.steps import scores_of
from dl.runs.recovery import can_go_on, queue_again
from dl.runs.results import Results
from dl.specs import RunSpec, parse_spec
from dl.specs.checks import check
from dl.specs.presets import default_spec, presets_for
from dl.specs.script import keras_script
from dl.tasks import task_of
from dl.tasks.metrics import metric
from dl.workspace import Workspace

MOST_TOLD = 20  # rows that could not be read
INTERRUPTED_BY_USER = 130  # as a shell reports Ctrl-C


def datasets(arguments: Namespace) -> int:
    store = DatasetStore(Workspace.from_environment(home=arguments.home))
    for known in store.known():
        size = f"{missing / 1e6:.0f} MB" if (missing := store.bytes_to_download(known.id)) else "no download"
        place = "here" if store.is_here(known.id) else size
        licence = known.licence or "no licence stated"
        print(f"{known.id:20}{known.rows.total:>7,} {_form(known):32}{place:13}{licence}")
    return 0


def import_table(arguments: Namespace) -> int:
    store = DatasetStore(Workspace.from_environment(home=arguments.home))
    name = Path(arguments.file).name
    request = TableRequest(
        id=_table_id(arguments.id) if arguments.id else store.unused_id(name),
        name=arguments.id or Path(name).stem,
        source=arguments.file,
        test_source=arguments.test,
        target=arguments.target,
        task=arguments.task,
    )
    known = store.bring_table(request, report_import)
    print("", file=sys.stderr)
    result = {"dataset": known.id, "rows": known.rows.total, "left_out": known.left_out}
    columns = {column.name: column.kind for column in known.columns}
    task = "classification" if known.classes else "regression"
    print(json.dumps(result | {"columns": columns, "target": known.target.name, "task": task}, ensure_ascii=False))
    return 0


def _table_id(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        facts = {"where": "id", "given": name, "allowed": "a-z 0-9 _ -"}
        raise SpecError((Problem("not_a_choice", facts),))
    return name


def _form(known: Dataset) -> str:
    shape = "x".join(map(str, known.shape))
    rows = f"pictures  {shape}" if known.picture else f"table     {len(known.features)} columns"
    return f"{rows:20} {len(known.classes)} classes" if known.classes else f"{rows:20} a number"


def spec(arguments: Namespace) -> int:
    dataset = DatasetStore(Workspace.from_environment()).describe(arguments.dataset)
    if arguments.preset not in (None, *(known := presets_for(dataset))):
        facts = {"where": "preset", "given": arguments.preset, "allowed": ", ".join(known)}
        raise SpecError((Problem("not_a_choice", facts),))
    print(default_spec(dataset, arguments.preset).model_dump_json(indent=2))
    return 0


def script(arguments: Namespace) -> int:
    store = DatasetStore(Workspace.from_environment())
    wanted = _read_spec(arguments.spec, store)
    dataset, preparation = store.describe(wanted.data.dataset), None
    if wanted.model.columns:
        from dl.datasets.tables.table import Table
        from dl.preparation.learning import preparation_of

        dataset = store.bring(dataset.id, report_import)
        preparation = preparation_of(Table(store.workspace.datasets / dataset.id, dataset), wanted.model.columns)
    print(keras_script(wanted, dataset, preparation=preparation), end="")
    return 0


def train(arguments: Namespace) -> int:
    """The run is made, trained in this process and left in the workspace, where the pages find it too."""
    workspace = Workspace.from_environment(home=arguments.home)
    datasets, store = DatasetStore(workspace), RunStore(workspace.runs)
    wanted = _read_spec(arguments.spec, datasets)
    origin = store.origin(wanted)  # before anything is downloaded for a fork that cannot begin
    dataset = datasets.bring(wanted.data.dataset, report_import)
    return train_here(store.create(wanted, dataset, claimed=True, origin=origin), workspace)


def resume(arguments: Namespace) -> int:
    """A run that was left before its end goes on in this process, exactly where it was saved last."""
    workspace = Workspace.from_environment(home=arguments.home)
    run = RunStore(workspace.runs).get(arguments.id)
    status = run.status()
    if not can_go_on(run, status):
        print(f"error: run {run.id} cannot go on; its state is {status.state}", file=sys.stderr)
        return 1
    if not run.claim() or run.written_status().attempt != status.attempt:  # before it is queued
        print(f"error: run {run.id} has just been taken up by another process", file=sys.stderr)
        return 1
    run.withdraw("stop", "pause", "resume")
    queue_again(run, status, time.time())
    return train_here(run, workspace)


def evaluate(arguments: Namespace) -> int:
    workspace = Workspace.from_environment(home=arguments.home)
    run = RunStore(workspace.runs).get(arguments.id)
    predictions, status, dataset = run.predictions(), run.status(), run.dataset()
    if predictions is None:
        print(f"error: run {run.id} has no predictions; its state is {status.state}", file=sys.stderr)
        return 1
    results = run.results() or Results(scores={})
    answer = {"run": run.id, "state": status.state, "test_loss": results.scores.get("loss")}
    if known := results.baseline:
        answer[f"{known.kind}_{metric(known.metric).told}"] = known.score
    answer |= task_of(dataset).report(predictions.targets, predictions.outputs)
    print(json.dumps(answer, ensure_ascii=False))
    return 0


def predict(arguments: Namespace) -> int:
    """The rows of a file with the network's answers, as CSV."""
    from dl.prediction.files import answer_file
    from dl.prediction.networks import Networks

    workspace = Workspace.from_environment(home=arguments.home)
    run = RunStore(workspace.runs).get(arguments.id)
    if (preparation := run.preparation()) is None:
        print(f"error: run {run.id} was not trained on a table", file=sys.stderr)
        return 1
    ready = Networks(workspace, missing=partial(_make_light, workspace=workspace)).of(run, patient=True)
    with tempfile.TemporaryDirectory() as folder:
        made, staging = Path(folder) / "answers.csv", Path(folder) / "staging"
        staging.mkdir()
        source = Path(arguments.file)
        left = answer_file(source, made, ready.dataset, preparation, ready.encoded, staging, _report_rows)
        print("", file=sys.stderr)
        for row in left[:MOST_TOLD]:
            print(f"left out: {row.code} {row.facts}", file=sys.stderr)
        _give(made, arguments.out)
    return 0


def _give(made: Path, out: str | None) -> None:
    """Only now, so that a file that was there stays where the other one is not made."""
    with made.open("rb") as file, Path(out).open("wb") if out else nullcontext(sys.stdout.buffer) as target:
        shutil.copyfileobj(file, target)


def _make_light(run: Run, workspace: Workspace) -> None:
    """Here, since nobody else would."""
    from dl.training.fast import import_keras

    import_keras()
    from dl.training.light import make_light

    make_light(run, workspace)


def _report_rows(done: int, rows: int) -> None:
    print(f"\r{done:,} of {rows:,} rows ", end="", file=sys.stderr, flush=True)


def _read_spec(path: str, datasets: DatasetStore) -> RunSpec:
    wanted = parse_spec(sys.stdin.read() if path == "-" else Path(path).read_bytes())
    if problems := check(wanted, datasets.describe(wanted.data.dataset)):
        raise SpecError(problems)
    return wanted


def train_here(run: Run, workspace: Workspace) -> int:
    with _Console(run) as console:
        status = _train(run, workspace)
        console.say(_result(run, status))
    return {"FINISHED": 0, "STOPPED": 0, "PAUSED": 0, "INTERRUPTED": INTERRUPTED_BY_USER}.get(status.state, 1)


def _train(run: Run, workspace: Workspace) -> Status:
    from dl.runs.status import Fault
    from dl.training.status_writer import StatusWriter
    from dl.worker import train_run

    writer = None
    try:
        writer = StatusWriter(run)
        with _held_interrupt(), suppress(Exception):  # a broken installation fails again, inside train_run
            from dl.training.fast import import_keras

            import_keras()
            import dl.training.execute  # noqa: F401
            from dl.training.fast.compiled import keep_compiled

            keep_compiled(workspace.home)
        return train_run(run, workspace, writer)
    except KeyboardInterrupt:
        return (writer or StatusWriter(run)).end("interrupted", Fault(code="cancelled"))


@contextmanager
def _held_interrupt() -> Iterator[None]:
    """Libraries that are just being imported take a Ctrl-C for a fault of their own: it waits until they are there."""
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def _result(run: Run, status: Status) -> dict[str, Any]:
    facts = status.model_dump(include={"state", "fit_seconds", "fault"}, exclude_none=True)
    results = run.results() or Results(scores={})
    scores = {f"test_{metric(name).told}": score for name, score in results.scores.items()}
    return {"run": run.id, "epochs": len(run.epochs()), **facts, **scores}


def report_import(progress: Progress) -> None:
    share = f"{progress.done / progress.total:4.0%}" if progress.total else f"{progress.done:,}"
    print(f"\r{progress.phase} {share} ", end="", file=sys.stderr, flush=True)


class _Console:
    """While a run trains, what libraries print goes into its log; the terminal is for the progress and the result."""

    def __init__(self, run: Run) -> None:
        self._run, self._done = run, threading.Event()
        self._thread = threading.Thread(target=self._show_progress, daemon=True)

    def __enter__(self) -> "_Console":
        self._out, self._err = self._own_copy(1), self._own_copy(2)
        log = os.open(self._run.folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        for number, copy in ((1, self._out), (2, self._err)):
            os.dup2(copy.fileno(), number)
            copy.close()

    def say(self, result: dict[str, Any]) -> None:
        self._done.set()
        self._thread.join()
        print(json.dumps(result, ensure_ascii=False), file=self._out, flush=True)

    @staticmethod
    def _own_copy(number: int) -> TextIO:
        return os.fdopen(os.dup(number), "w", encoding="utf-8")

    def _show_progress(self) -> None:
        started, shown, ended = time.time(), 0, False
        while not ended:
            ended = self._done.wait(0.5)  # and once more after the end, for the last epochs
            status, epochs = self._run.written_status(), self._run.epochs()
            for record in epochs[shown:]:
                scores = "  ".join(f"{name} {value:.4f}" for name, value in scores_of(record).items())
                print(f"\repoch {record['epoch']}/{status.epochs}  {scores}  {record['seconds']:.1f} s", file=self._err)
            shown = len(epochs)
            line = f"\r{status.phase}  step {status.step:,}/{status.steps:,}  {time.time() - started:.0f} s "
            print(line, end="", file=self._err, flush=True)
        print("", file=self._err, flush=True)
