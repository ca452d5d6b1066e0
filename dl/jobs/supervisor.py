"""One a server: keeps the queue in order, one warm worker waiting, and finds out when a worker has died.

Its state is on disk (QUEUED runs in the order of `queued_at`), so that a restarted server goes on with the same queue,
and with the run that was training. What somebody wishes of a run is a file in it; `pause` tells what becomes of one.
"""

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict

from dl.datasets.description import Dataset
from dl.errors import RunAtWork, RunDamaged
from dl.files import sweep_temporaries
from dl.jobs.local import LocalExecutor
from dl.jobs.worker import Worker, enforce_stop
from dl.processes import DISK_FULL_EXIT, LEAVING_SECONDS
from dl.runs.checkpoints import Checkpoint
from dl.runs.deleted import DeletedRuns
from dl.runs.open_runs import OpenRuns
from dl.runs.recovery import can_go_on, died, is_at_work, queue_again, recover
from dl.runs.run import Run, Wish
from dl.runs.status import Status
from dl.runs.store import RunStore
from dl.runs.transitions import transition
from dl.specs import Fork, RunSpec, TrainSpec
from dl.workspace import Workspace

TICK_SECONDS = 0.2
STOP_GRACE_SECONDS = 60.0
RESTART_SECONDS = 30.0
GIVEN_BACK = 2  # so often in a row a run waits again when the worker dies that was to begin it
ERROR_SECONDS = 5.0  # a full disk is not asked five times a second
LEFT_SECONDS = LEAVING_SECONDS + 2.0  # so long the next server waits for a run that is being saved
IF_THERE = suppress(RunDamaged, FileNotFoundError)  # of a run whose folder was removed nothing is left to be wished
logger = logging.getLogger(__name__)


class Supervisor:
    """Pages call it from their threads, and one of its own looks after the worker: the lock lets in one at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.store = RunStore(workspace.runs)
        self.deleted = DeletedRuns(workspace.runs)
        self._executor = LocalExecutor(workspace)
        self._worker: Worker | None = None
        self._likely: RunSpec | None = None
        self._open = OpenRuns(self.store)
        self._no_worker_before, self._idle_deaths = 0.0, 0
        self._left: list[Run] = []
        self._left_until = 0.0
        self._lock = threading.RLock()
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="livefit-supervisor")

    def start(self) -> "Supervisor":
        sweep_temporaries(self.workspace.home, self.workspace.drafts, self.workspace.runs)
        self.deleted.sweep()
        self._left, self._left_until = self.store.list(), time.monotonic() + LEFT_SECONDS
        for run in self._left:
            self._heed_late_wishes(run)
        self._await_left()
        self._thread.start()
        return self

    def submit(self, spec: RunSpec, dataset: Dataset, origin: Checkpoint | None = None) -> Run:
        """Queue a run, a fork with its origin; it starts at once if nothing else is training."""
        run = self.store.create(spec, dataset, origin=origin)
        self._wake.set()
        return run

    def prepare(self, spec: RunSpec) -> None:
        """Somebody looks at this specification: the waiting worker, or the next one, makes ready for a run of it."""
        self._likely = spec
        self._wake.set()

    def fork(self, run: Run, origin: Checkpoint, training: TrainSpec) -> Run:
        """Queue a run that goes on from a checkpoint of this one with other settings. Raises RunDamaged."""
        origin.read()  # before there is a run that could not begin: it may have been thinned out, or be torn
        start = Fork(run=run.id, epoch=origin.epoch, step=origin.step)
        spec = run.spec().model_copy(update={"training": training, "fork": start})
        return self.submit(spec, run.dataset(), origin)

    def pause(self, run: Run) -> None:
        """Have a run save itself and make room for the next one; it goes on with `resume`.

        The wish lies in the run's folder. Its worker looks there after each call of some steps (`RunRecorder.wishes`),
        leaves the training with a checkpoint (`Training.run`), writes PAUSED and ends (`execute`). Then `_bury` finds
        it dead, and the next tick hands the next run over to a new one. The wish stays until the run is queued again.
        """
        with self._lock, IF_THERE:
            status = run.status()
            run.withdraw("resume")
            if status.state == "QUEUED" and status.attempt > 1:
                self._take_back(run, status, "pause")
            elif status.state == "RUNNING":
                run.request("pause")

    def resume(self, run: Run) -> None:
        """Queue a run again that was left before its end, or take back a pause that it has not come to yet."""
        with self._lock, IF_THERE:
            status = run.status()
            if can_go_on(run, status):
                if status.state != "PAUSED":  # a stop that came while it was pausing is final
                    run.withdraw("stop")
                run.withdraw("pause", "resume")
                queue_again(run, status, time.time())
                self._wake.set()
            elif not status.ended and run.requested_at("pause") is not None:
                run.request("resume")
                run.withdraw("pause")

    def stop(self, run: Run) -> None:
        """Cancel a waiting run, or have it end with the network it has by now; doing it twice is harmless.

        A paused one is queued again, to be evaluated as it is. One that was taken up again and waits for its turn is
        what it was before: paused, or stopped with its results.
        """
        with self._lock, IF_THERE:
            status = run.status()
            if status.state == "QUEUED":
                self._take_back(run, status, "stop")
            elif status.state == "PAUSED":
                run.request("stop")
                queue_again(run, status, time.time())
                self._wake.set()
            elif not status.ended:
                run.withdraw("pause", "resume")
                run.request("stop")

    def delete(self, runs: Sequence[Run]) -> list[Run]:
        """All of them, or none if one is at work; which of them were still there. Raises RunAtWork."""
        self.deleted.sweep()
        with self._lock:
            if busy := next((run for run in runs if is_at_work(run)), None):
                raise RunAtWork(run=busy.id)
            return [run for run in runs if self.deleted.add(run)]

    def queue(self) -> list[Run]:
        """Waiting runs, the next one first."""
        waiting = [(status.queued_at, int(run.id)) for run, status in self._open.look() if status.state == "QUEUED"]
        return [Run(self.store.folder / str(number)) for _, number in sorted(waiting)]

    def running(self) -> Run | None:
        """The run in training, whichever process trains it."""
        return next((run for run, status in self._open.look() if status.state == "RUNNING"), None)

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
                self._closing.wait(ERROR_SECONDS)
            self._wake.wait(TICK_SECONDS)
            self._wake.clear()

    def _tick(self) -> None:
        with self._lock:
            if self._worker and self._worker.exit_code is not None:
                self._bury(self._worker)
            if self._worker is None and time.monotonic() >= self._no_worker_before:
                self._worker = Worker(self.workspace, self._executor)
            waits_for_left = self._await_left()
            if self._worker and self._worker.run:
                enforce_stop(self._worker, STOP_GRACE_SECONDS)
            elif self._worker and not waits_for_left:
                self._hand_over(self._worker)

    def _await_left(self) -> bool:
        """Whether a worker of the server before this one may still be saving its run, which is to go on first."""
        self._left = [run for run in self._left if not recover(run)]
        return bool(self._left) and time.monotonic() < self._left_until

    def _hand_over(self, worker: Worker) -> None:
        """The next run in the queue; without one, what may soon be one."""
        for run in self.queue():
            if lease := run.claim_waiting(worker.owner):
                process = asdict(worker.owner)
                try:
                    run.write_status(transition(run.written_status(), "handed_over", time.time(), **process))
                except OSError:  # the disk is full: it waits on
                    lease.release()
                    raise
                with suppress(OSError):  # it has just died, which the next tick finds
                    worker.train(run)
                return
        if self._likely:
            worker.prepare(self._likely)

    def _bury(self, worker: Worker) -> None:
        """A worker has ended: settle its run, and wait before the next one if they die before they can do anything."""
        self._worker, run = None, worker.run
        status = run.written_status_or_none() if run else None
        began = status is not None and (status.state != "RUNNING" or status.started_at is not None)
        self._idle_deaths = 0 if began else self._idle_deaths + 1
        if not worker.has_been_ready or self._idle_deaths > 1:
            self._no_worker_before = time.monotonic() + RESTART_SECONDS
        try:
            if run and status and status.state == "RUNNING" and run.lease(worker.owner):
                self._settle(worker, run, status)
            elif run:
                self._heed_late_wishes(run)
        finally:
            worker.close()

    def _settle(self, worker: Worker, run: Run, status: Status) -> None:
        """Of a run that nothing was done with yet nothing is lost: it waits again, in its old place."""
        if worker.has_been_ready and 0 < self._idle_deaths <= GIVEN_BACK and worker.exit_code != DISK_FULL_EXIT:
            run.write_status(transition(status, "given_back", time.time()))
            return
        with suppress(OSError), open(run.folder / "log.txt", "ab") as log:
            log.write(worker.output().removesuffix(b"ready\n"))
        run.write_status(died(status, worker.exit_code))

    def _heed_late_wishes(self, run: Run) -> None:
        """A stop or a resume that came while the run was already pausing."""
        if not (status := run.written_status_or_none()) or status.state != "PAUSED":
            return
        if run.requested_at("stop") is not None:
            self.stop(run)
        elif run.requested_at("resume") is not None:
            self.resume(run)

    def _take_back(self, run: Run, status: Status, wish: Wish) -> None:
        """Out of the queue, or, if it has just left it, as it is wished. One that waits to be stopped is left to it."""
        if run.requested_at("stop") is not None:
            return
        if lease := run.claim_waiting():
            has_something = status.attempt == 1 or run.results() is not None
            run.write_status(transition(status, "stopped" if has_something else "paused", time.time()))
            lease.release()
        else:
            run.withdraw("pause", "resume")
            run.request(wish)
