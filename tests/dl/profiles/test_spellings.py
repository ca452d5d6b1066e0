"""What is written gives away what is meant."""

import pytest

from dl.profiles.profile import Estimate, Level
from dl.profiles.spellings import dates_in, is_numeric, missing_spellings


def levels(*names: str) -> list[Level]:
    share = Estimate(value=0.1, low=0.1, high=0.1)
    return [Level(value=name, counts=(2,), share=share) for name in names]


@pytest.mark.parametrize("word", ["1", "-2.5", ".5", "1e-3", " 7 ", "+4."])
def test_numbers_are_recognised(word: str) -> None:
    assert is_numeric(word)


@pytest.mark.parametrize("word", ["", "1.2.3", "12 kg", "1,000,0", "nan", "e5", "٣x"])
def test_other_words_are_no_numbers(word: str) -> None:
    assert not is_numeric(word)


def test_spellings_of_missing_are_recognised_whatever_their_case() -> None:
    found = missing_spellings(levels("N/A", " ? ", "None", "none of these", "Nantes", "未知", "0"))
    assert [level.value for level in found] == ["N/A", " ? ", "None", "未知"]


@pytest.mark.parametrize(
    ("names", "count", "are_read"),
    [
        (("2024-12-31", "2024-12-31 10:00", "2024-12-31T10:00:01.5Z"), 6, True),
        (("31.12.2024", "1/2/99", "2024年12月31日"), 6, False),
        (("2024-12-31", "31.12.2024"), 4, False),
        (("1.5", "12-34", "v1.2.3"), 0, True),
    ],
)
def test_dates_are_recognised_and_whether_they_can_be_read(names: tuple[str, ...], count: int, are_read: bool) -> None:
    found = dates_in(levels(*names))
    assert (found.count, found.are_read) == (count, are_read)
