"""Which levels of a category are counted one by one: those of a first look, then others while there is room."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

ROOM = 255


class Levels:
    """Level `j` has code `j`, all levels that found no room have `other`, and what is missing has `missing`."""

    other, missing, size = ROOM, ROOM + 1, ROOM + 2

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)[:ROOM]
        self._codes = {name: code for code, name in enumerate(self.names)}

    def codes(self, words: pa.DictionaryArray) -> NDArray[np.int64]:
        """Of all rows; new levels get a place while there is one."""
        if len(self.names) < ROOM:
            self._learn(words.dictionary)
        places = pc.index_in(words.dictionary, value_set=pa.array(self.names, words.dictionary.type))
        of_level = np.append(pc.fill_null(places, self.other).to_numpy(zero_copy_only=False), self.missing)
        rows = pc.fill_null(words.indices, len(of_level) - 1).to_numpy(zero_copy_only=False)
        codes: NDArray[np.int64] = of_level[rows].astype(np.int64)
        return codes

    def _learn(self, dictionary: pa.Array) -> None:
        for name in dictionary.to_pylist():
            if len(self.names) == ROOM:
                return
            if name not in self._codes:
                self._codes[name] = len(self.names)
                self.names.append(name)


def choose_levels(words: list[pa.DictionaryArray], known: Iterable[str] = ()) -> Levels:
    """Those that are `known` first, in their order, then the most frequent."""
    counts: dict[str, int] = {}
    for part in words:
        for found in pc.value_counts(part).to_pylist():
            if (name := found["values"]) is not None:
                counts[name] = counts.get(name, 0) + found["counts"]
    first = list(known)
    rest = counts.keys() - set(first)
    return Levels([*first, *sorted(rest, key=lambda name: (-counts[name], name))])
