import time

import pytest

from ui import format


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.1135, "11.4 %"), (0.9745, "97.5 %"), (1.0, "100.0 %"), (0.0, "0.0 %"), (None, "–"), (float("nan"), "–")],
)
def test_percent_rounds_as_at_school(share: float | None, text: str) -> None:
    assert format.percent(share) == text


def test_percent_stands_without_a_gap_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.text.language", lambda: "zh")
    assert format.percent(0.9745) == "97.5%"


def test_percent_has_as_many_digits_as_asked_for() -> None:
    assert format.percent(0.625, 0) == "63 %"


def test_percent_stands_close_to_its_sign_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    assert format.percent_pattern("%d") % 20 == "20 %"
    monkeypatch.setattr("ui.text.language", lambda: "zh")
    assert (format.percent(0.9745), format.percent_pattern("%d") % 20) == ("97.5%", "20%")


@pytest.mark.parametrize(
    ("seconds", "text"), [(3.04, "3.0 s"), (42.4, "42 s"), (130, "2 min 10 s"), (3_720, "1 h 2 min"), (None, "–")]
)
def test_duration_reads_as_people_say_it(seconds: float | None, text: str) -> None:
    assert format.duration(seconds) == text


@pytest.mark.parametrize(("per_second", "text"), [(1234.5, "1,234"), (0.25, "0.25"), (None, "–")])
def test_speed_keeps_digits_that_mean_something(per_second: float | None, text: str) -> None:
    assert format.speed(per_second) == text


@pytest.mark.parametrize(
    ("count", "text"), [(407_080, "407 kB"), (11_490_434, "11.5 MB"), (12, "12 B"), (2.4e9, "2.4 GB")]
)
def test_size_has_a_unit(count: float, text: str) -> None:
    assert format.size(count) == text


@pytest.mark.parametrize(
    ("passed", "text"), [(2, "just now"), (130, "2 min ago"), (7300, "2 h ago"), (200_000, "2 d ago")]
)
def test_ago_counts_in_the_largest_unit(passed: float, text: str) -> None:
    assert format.ago(time.time() - passed) == text


def test_shape_is_written_with_crosses() -> None:
    assert format.shape((28, 28, 1)) == "28×28×1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.71234, "0.712"),
        (-0.0, "0"),
        (12.0, "12"),
        (999.4, "999"),
        (1234.5, "1,234"),
        (-1234567.8, "-1,234,568"),
        (0.0000456, "0.0000456"),
        (1e-9, "1e-09"),
        (3e20, "3e+20"),
        (float("nan"), "–"),
        (None, "–"),
    ],
)
def test_numbers_of_any_size_can_be_read(value: float | None, text: str) -> None:
    assert format.number(value) == text


def test_number_has_as_many_digits_as_are_asked_for() -> None:
    numbers = [format.number(value, 5) for value in (33.1926, 12345.6, 123456.0)]
    assert numbers == ["33.193", "12346", "123,456"]
