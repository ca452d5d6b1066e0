"""Lines that grow: what a crash tore is ignored, and never spoils the line after it."""

from pathlib import Path

import pytest

from dl.runs.log.json_lines import LAST_BYTES, append_line, read_last, read_lines, read_lines_from


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "epochs.jsonl"


def test_lines_come_back_in_their_order(path: Path) -> None:
    records = [{"epoch": epoch, "name": "Größe 大"} for epoch in range(3)]
    for record in records:
        append_line(path, record)
    assert read_lines(path) == records and read_last(path) == records[-1]
    assert len(path.read_bytes().splitlines()) == 3


def test_torn_line_is_ignored_and_the_next_one_stands_alone(path: Path) -> None:
    append_line(path, {"epoch": 1})
    path.write_bytes(path.read_bytes() + b'{"epoch": 2, "lo')
    assert read_lines(path) == [{"epoch": 1}] and read_last(path) == {"epoch": 1}
    append_line(path, {"epoch": 2})
    assert read_lines(path) == [{"epoch": 1}, {"epoch": 2}]


def test_what_is_no_record_is_passed_over(path: Path) -> None:
    path.write_bytes(b'[1]\n5\nnull\n\xff\xfe\n\n{"epoch": 1}\n')
    assert read_lines(path) == [{"epoch": 1}]


def test_reading_goes_on_where_it_ended_and_takes_whole_lines_alone(path: Path) -> None:
    append_line(path, {"epoch": 1})
    found, place = read_lines_from(path, 0)
    assert (found, place) == ([{"epoch": 1}], path.stat().st_size)
    with open(path, "ab") as file:
        file.write(b'{"epoch": 2')
    assert read_lines_from(path, place) == ([], place)
    with open(path, "ab") as file:
        file.write(b"}\n")
    assert read_lines_from(path, place) == ([{"epoch": 2}], path.stat().st_size)


def test_last_record_is_found_at_the_end_of_a_long_file(path: Path) -> None:
    for epoch in range(LAST_BYTES // 10):
        append_line(path, {"epoch": epoch})
    assert path.stat().st_size > LAST_BYTES and read_last(path) == {"epoch": LAST_BYTES // 10 - 1}


def test_no_file_and_no_folder_read_as_nothing(path: Path) -> None:
    for missing in (path, path / "below"):
        assert (read_lines(missing), read_lines_from(missing, 7), read_last(missing)) == ([], ([], 7), {})
    path.touch()
    assert (read_lines(path / "below"), read_last(path / "below"), read_last(path)) == ([], {}, {})
