"""The most frequent levels have codes, later ones while there is room, and none is lost."""

import pyarrow as pa

from dl.profiles.arrays import WordArray, words_of
from dl.profiles.levels import ROOM, Levels, choose_levels


def words(*values: str | None) -> WordArray:
    return words_of(pa.chunked_array([pa.array(values, pa.string())]))


def test_known_levels_come_first_then_the_most_frequent() -> None:
    levels = choose_levels([words("b", "a", "a", None), words("c", "b", "a")], ["z", "c"])
    assert levels.names == ["z", "c", "a", "b"]
    assert levels.codes(words("a", None, "z")).tolist() == [2, Levels.missing, 0]


def test_levels_that_come_later_find_a_place() -> None:
    levels = choose_levels([words("a")])
    assert levels.codes(words("new", "a", "new")).tolist() == [1, 0, 1]


def test_levels_without_room_share_a_code() -> None:
    levels = choose_levels([words(*(f"level {place:04}" for place in range(ROOM + 9)))])
    assert len(levels.names) == ROOM
    assert levels.codes(words("level 0000", "level 0263", "new")).tolist() == [0, Levels.other, Levels.other]
