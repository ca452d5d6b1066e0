"""One a server: keeps the queue in order, one warm worker waiting, and finds out when a worker has died.

Its state is on disk (QUEUED runs in the order of `queued_at`), so that a restarted server goes on with the same queue,
and with the run that was training.
"""

import logging
import threading
import time
from collections.abc import Iterator

from dl.datasets.description import Dataset
from dl.errors import RunDamaged
from dl.runs.checkpoints import Checkpoint
from dl.runs.launcher import Worker, sweep_logs
from dl.runs.run import Run
from dl.runs.status import Fault, Status, is_alive
from dl.runs.store import RunStore
from dl.specs import Fork, RunSpec, TrainSpec
from dl.workspace import Workspace

TICK_SECONDS = 0.2
STOP_GRACE_SECONDS = 60.0
RESTART_SECONDS = 30.0
LEFT_BY_SERVER = {"server_gone", "worker_gone"}  # whose runs the next server goes on with
logger = logging.getLogger(__name__)


class Supervisor:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.store = RunStore(workspace.runs)
        self._worker: Worker | None = None
        self._ended: set[str] = set()
        self._no_worker_before = 0.0
        self._lock = threading.Lock()
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="livefit-supervisor")

    def start(self) -> "Supervisor":
        sweep_logs(self.workspace)
        for run in self.store.list():
            _settle(run)
        self._thread.start()
        return self

    def submit(self, spec: RunSpec, dataset: Dataset) -> Run:
        """Queue a run; it starts at once if nothing else is training."""
        run = self.store.create(spec, dataset)
        self._wake.set()
        return run

    def fork(self, run: Run, origin: Checkpoint, training: TrainSpec) -> Run:
        """Queue a run that goes on from a checkpoint of this one with other settings. Raises RunDamaged."""
        start = Fork(run=run.id, epoch=origin.epoch, step=origin.step)
        spec = run.spec().model_copy(update={"training": training, "fork": start})
        forked = self.store.create(spec, run.dataset(), origin=origin)
        self._wake.set()
        return forked

    def stop(self, run: Run) -> None:
        """Cancel a waiting run, or have it end with the network it has by now; doing it twice is harmless.

        A run that was taken up again and waits for its turn is what it was before: paused.
        """
        with self._lock:
            status = run.status()
            if status.state == "QUEUED" and run.claim():
                state = "STOPPED" if status.attempt == 1 else "PAUSED"
                run.write_status(status.update(state=state, phase="ended", ended_at=time.time()))
            elif status.state == "PAUSED":
                run.request("stop")
                self._queue_again(run, status)
            elif not status.ended:
                run.withdraw("pause", "resume")
                run.request("stop")

    def pause(self, run: Run) -> None:
        """Have a run save itself and make room for the next one; it goes on with `resume`."""
        if run.status().state == "RUNNING":
            run.withdraw("resume")
            run.request("pause")

    def resume(self, run: Run) -> None:
        """Queue a paused or interrupted run again, or take back a pause that it has not come to yet."""
        with self._lock:
            status = run.status()
            if _can_go_on(run, status):
                run.withdraw("stop", "pause", "resume")
                self._queue_again(run, status)
            elif status.state == "RUNNING" and run.requested_at("pause") is not None:
                run.request("resume")
                run.withdraw("pause")

    def _queue_again(self, run: Run, status: Status) -> None:
        run.write_status(status.again(time.time()))
        self._ended.discard(run.id)
        self._wake.set()

    def queue(self) -> list[Run]:
        """Waiting runs, the next one first."""
        waiting = [
            (status.queued_at, int(run.id), run) for run, status in self._open_runs() if status.state == "QUEUED"
        ]
        return [run for *_, run in sorted(waiting, key=lambda entry: entry[:2])]

    def running(self) -> Run | None:
        """The run in training, whichever process trains it."""
        return next((run for run, status in self._open_runs() if status.state == "RUNNING"), None)

    def _open_runs(self) -> Iterator[tuple[Run, Status]]:
        """Runs that have not ended. One that was written off as ended never opens again, so it is read only once.

        One without a readable status may still be in the making, and a stale heart may beat again.
        """
        runs = self.store.list()
        self._ended &= {run.id for run in runs}  # a number whose folder was removed may be given again
        for run in runs:
            written = None if run.id in self._ended else _written_status(run)
            if written and written.ended:
                self._ended.add(run.id)
            elif written and not (seen := written.as_seen(time.time())).ended:
                yield run, seen

    def close(self) -> None:
        """Stop the thread and let the worker end; its run becomes INTERRUPTED."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._worker:
            self._worker.close()
            self._worker = None

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                self._tick()
            except Exception:
                logger.exception("the supervisor goes on after an unexpected error")
            self._wake.wait(TICK_SECONDS)
            self._wake.clear()

    def _tick(self) -> None:
        if self._worker and self._worker.exit_code is not None:
            self._bury(self._worker)
        if self._worker is None and time.monotonic() >= self._no_worker_before:
            self._worker = Worker(self.workspace)
        if self._worker and self._worker.run is None:
            self._hand_over(self._worker)
        elif self._worker:
            _enforce_stop(self._worker)

    def _hand_over(self, worker: Worker) -> None:
        for run in self.queue():
            if run.claim():
                handed = run.written_status().update(state="RUNNING", phase="starting")
                run.write_status(handed.update(pid=worker.pid, process_started=worker.started))
                worker.train(run)
                return

    def _bury(self, worker: Worker) -> None:
        """A worker has ended: settle its run, and wait before the next one if it died before it could do anything."""
        self._worker = None
        if not worker.has_been_ready:
            self._no_worker_before = time.monotonic() + RESTART_SECONDS
        status = _written_status(worker.run) if worker.run else None
        if worker.run and status and status.state == "RUNNING":
            with open(worker.run.folder / "log.txt", "ab") as log:
                log.write(worker.output().removesuffix(b"ready\n"))
            worker.run.write_status(_died(status, worker.exit_code))
        elif worker.run and status and status.state == "PAUSED":
            self._heed_late_wishes(worker.run)
        worker.close()

    def _heed_late_wishes(self, run: Run) -> None:
        """A stop or a resume that came while the worker was already pausing."""
        if run.requested_at("stop") is not None:
            self.stop(run)
        elif run.requested_at("resume") is not None:
            self.resume(run)


def _died(status: Status, exit_code: int | None) -> Status:
    """A signal (negative exit code) interrupts a run; a worker that ends by itself without a last word has failed."""
    killed = exit_code is not None and exit_code < 0
    fault = Fault(code="worker_killed" if killed else "worker_died", facts={"exit_code": exit_code})
    state = "INTERRUPTED" if killed else "FAILED"
    return status.update(state=state, phase="ended", ended_at=time.time(), fault=fault)


def _settle(run: Run) -> None:
    """At start: write down what a dead server could not, and queue again what it left, in the old order.

    A run that a dead process had claimed waits again. One that was to pause is paused.
    """
    status = _written_status(run)
    if status is None:
        return
    if status.state == "QUEUED":
        run.release_claim_of_the_dead()
    seen = status.as_seen(time.time())
    if not _can_go_on(run, seen) or seen.fault is None or seen.fault.code not in LEFT_BY_SERVER:
        return
    if run.requested_at("pause") is not None:
        run.write_status(seen.update(state="PAUSED", fault=None))
    else:
        run.write_status(seen.again(seen.queued_at))


def _can_go_on(run: Run, seen: Status) -> bool:
    """A run that only seems interrupted, since its process slept for long, must not be trained twice."""
    written = run.written_status()
    asleep = written.state == "RUNNING" and is_alive(written.pid, written.process_started)
    return seen.resumable and not asleep


def _written_status(run: Run) -> Status | None:
    try:
        return run.written_status()
    except RunDamaged:
        return None


def _enforce_stop(worker: Worker) -> None:
    """Kill a worker that does not answer a wish to stop: only ours, and only after it had time to save."""
    assert worker.run
    asked = worker.run.requested_at("stop")
    if asked is not None and time.time() - asked > STOP_GRACE_SECONDS and not worker.run.written_status().ended:
        worker.kill()
        status = worker.run.written_status()
        if not status.ended:
            worker.run.write_status(status.update(state="STOPPED", phase="ended", ended_at=time.time()))
