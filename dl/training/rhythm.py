"""When something beside the training is worth its time: all of it costs at most a fixed share of that of training."""

import time
from collections.abc import Callable

SHARE = 0.03
WITHIN_SECONDS = 30.0


class Rhythm:
    """Seconds that it took beside those that training took since it `began`; the clock is passed in.

    Within an epoch at least `within_seconds` lie between two.
    """

    def __init__(
        self,
        began: float,
        clock: Callable[[], float] = time.perf_counter,
        share: float = SHARE,
        within_seconds: float = WITHIN_SECONDS,
    ) -> None:
        self._clock, self._began, self._last = clock, began, began
        self._share, self._within_seconds = share, within_seconds
        self._spent = self._last_cost = 0.0

    def is_due(self, epoch_ended: bool) -> bool:
        """At the end of an epoch as soon as it is paid for; within one only when the last one is long ago."""
        now = self._clock()
        if not epoch_ended and now - self._last < self._within_seconds:
            return False
        return self._spent + self._last_cost <= self._share * (now - self._began)

    def note(self, seconds: float) -> None:
        """It has just taken this long."""
        self._spent, self._last_cost, self._last = self._spent + seconds, seconds, self._clock()
