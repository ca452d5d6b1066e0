"""Where the seconds of a training go."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Parts(defaultdict[str, float]):
    """Seconds by part, as whoever waits for the training has them; what is done aside costs only what it delays."""

    def __init__(self) -> None:
        super().__init__(float)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self[part] += time.perf_counter() - began
