"""Which levels of a category are counted one by one: those of a first look, then others while there is room."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dl.profiles.arrays import WordArray

ROOM = 255


class Levels:
    """Level `j` has code `j`, all levels that found no room have `other`, and what is missing has `missing`."""

    other, missing, size = ROOM, ROOM + 1, ROOM + 2

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)[:ROOM]
        self._codes = {name: code for code, name in enumerate(self.names)}

    def codes(self, words: WordArray) -> NDArray[np.int64]:
        """Of all rows; new levels get a place while there is one."""
        if len(self.names) < ROOM:
            self._learn(words.names)
        find, other = self._codes.get, self.other
        of_place = np.array([*(find(name, other) for name in words.names), self.missing])
        return of_place[words.places]

    def _learn(self, names: list[str]) -> None:
        for name in names:
            if name not in self._codes and len(self.names) < ROOM:
                self._codes[name] = len(self.names)
                self.names.append(name)


def choose_levels(words: list[WordArray], known: Iterable[str] = ()) -> Levels:
    """Those that are `known` first, in their order, then the most frequent."""
    counts: Counter[str] = Counter()
    for part in words:
        rows = np.bincount(part.places + 1, minlength=len(part.names) + 1)[1:]
        for place in np.argsort(-rows, kind="stable")[: 4 * ROOM].tolist():
            counts[part.names[place]] += int(rows[place])
    first = list(known)
    rest = counts.keys() - set(first)
    return Levels([*first, *sorted(rest, key=lambda name: (-counts[name], name))])
