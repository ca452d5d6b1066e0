"""When a checkpoint is worth its time: keeping them costs at most a fixed share of the time of training."""

import time
from collections.abc import Callable

SHARE = 0.03
WITHIN_SECONDS = 30.0


class Rhythm:
    """Seconds that checkpoints took beside those that training took since it `began`; the clock is passed in."""

    def __init__(self, began: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock, self._began, self._last = clock, began, began
        self._spent = self._last_cost = 0.0

    def is_due(self, epoch_ended: bool) -> bool:
        """At the end of an epoch as soon as it is paid for; within one only when the last one is long ago."""
        now = self._clock()
        if not epoch_ended and now - self._last < WITHIN_SECONDS:
            return False
        return self._spent + self._last_cost <= SHARE * (now - self._began)

    def note(self, seconds: float) -> None:
        """A checkpoint has just taken this long."""
        self._spent, self._last_cost, self._last = self._spent + seconds, seconds, self._clock()
