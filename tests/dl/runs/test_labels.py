"""Name, note and star of a run: kept with it, in any state, and never in the way of reading it."""

import shutil
from collections.abc import Callable

import pytest

from dl.errors import LabelTooLong, UnknownRun
from dl.runs import Run
from dl.runs.labels import LABEL, NAME_LENGTH, NOTE_LENGTH, Label
from dl.runs.status import State

FakeRun = Callable[..., Run]


@pytest.mark.parametrize("state", ["QUEUED", "RUNNING", "PAUSED", "FINISHED", "FAILED"])
def test_run_is_named_and_starred_in_any_state(state: State, fake_run: FakeRun) -> None:
    run = fake_run(state)
    assert run.label() == Label()
    run.relabel(name="Bigger steps", note="Learning rate 0.01.\nWhy so jumpy?")
    run.relabel(star=True)
    assert Run(run.folder).label() == Label(name="Bigger steps", note="Learning rate 0.01.\nWhy so jumpy?", star=True)
    assert run.status().state == state


@pytest.mark.parametrize("content", [b"", b'{"name": ', b"[]", b'{"name": 3}', b"\x00\xff", b'{"star": "perhaps"}'])
def test_damaged_label_reads_as_none_and_can_be_written_again(content: bytes, fake_run: FakeRun) -> None:
    run = fake_run()
    (run.folder / LABEL).write_bytes(content)
    assert run.label() == Label()
    assert run.status() and run.spec() and run.dataset()
    run.relabel(name="again")
    assert run.label().name == "again"


def test_name_is_one_line_and_nothing_but_spaces_is_none(fake_run: FakeRun) -> None:
    run = fake_run()
    run.relabel(name="  two\n\tlines  ", note="  kept\n\nas it is ")
    assert run.label() == Label(name="two lines", note="kept\n\nas it is")
    run.relabel(name=" \n ")
    assert run.label().name == ""


@pytest.mark.parametrize(("part", "limit"), [("name", NAME_LENGTH), ("note", NOTE_LENGTH)])
def test_too_long_a_text_is_refused_and_the_old_one_stays(part: str, limit: int, fake_run: FakeRun) -> None:
    run = fake_run()
    run.relabel(**{part: "x" * limit})
    with pytest.raises(LabelTooLong) as error:
        run.relabel(**{part: "y" * (limit + 1)})
    assert error.value.facts == {"part": part, "length": limit + 1, "limit": limit}
    assert getattr(run.label(), part) == "x" * limit


def test_naming_a_run_that_is_gone_says_so_and_leaves_nothing(fake_run: FakeRun) -> None:
    run = fake_run()
    shutil.rmtree(run.folder)
    assert run.label() == Label()
    with pytest.raises(UnknownRun):
        run.relabel(star=True)
    assert not run.folder.exists()
