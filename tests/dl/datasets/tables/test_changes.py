"""What a person says otherwise changes what a table is said to hold, and not its rows."""

from collections.abc import Callable

import pytest

from dl.datasets.columns import Category, Number
from dl.datasets.description import Dataset
from dl.datasets.tables.changes import resplit, set_kind, set_missing, set_role, set_target, set_task
from dl.datasets.tables.splits import Split
from dl.datasets.tables.splitting import choose_test_rows
from dl.datasets.tables.table import Table
from dl.errors import UnknownColumn, WrongSplit, WrongTarget
from dl.profiles.actions import undone

DAYS = [f"2020-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(60)]


@pytest.fixture
def table(brought: Callable[..., Table]) -> Table:
    rows = "".join(f"{DAYS[n]},shop{n % 6},{n / 4},{n % 3},{'yes' if n % 2 else 'no'}\n" for n in range(60))
    return brought("day,shop,size,grade,sold\n" + rows, target="sold")


def kept(table: Table) -> Dataset:
    return Dataset.model_validate_json((table.folder / "dataset.json").read_bytes())


def test_another_target_is_a_class_or_a_number_by_what_it_holds(table: Table) -> None:
    changed = set_target(table, "c2")
    known = kept(changed)
    assert isinstance(known.target, Number) and known.columns[4].role == "feature" and known.columns[4].levels == ()
    assert kept(set_task(set_target(table, "c3"), "classification")).classes == ("0", "1", "2")
    assert known.fingerprint == table.description.fingerprint
    with pytest.raises(WrongTarget):
        set_target(table, "c1", "regression")
    with pytest.raises(UnknownColumn):
        set_target(table, "c9")


def test_kind_role_and_missing_words_are_kept(table: Table) -> None:
    changed = set_role(set_kind(table, "c3", "category"), "c2", "ignored")
    changed = set_missing(changed, "c1", ["shop0", "shop0"])
    columns = kept(changed).columns
    assert isinstance(columns[3], Category) and columns[2].role == "ignored" and columns[1].missing == ("shop0",)
    missing = changed.connect().execute(f"SELECT count(*) - count(c1) FROM {changed.relation()}").fetchone()
    assert missing == (10,)


def test_level_that_is_said_to_be_missing_is_no_class(table: Table) -> None:
    assert kept(set_missing(set_target(table, "c1"), "c1", ["shop0"])).classes == tuple(f"shop{n}" for n in range(1, 6))


def test_target_cannot_be_ignored_and_something_must_be_left_to_learn_from(table: Table) -> None:
    with pytest.raises(WrongTarget):
        set_role(table, "c4", "ignored")
    for field in ("c0", "c1", "c2"):
        table = set_role(table, field, "ignored")
    with pytest.raises(WrongTarget) as caught:
        set_role(table, "c3", "ignored")
    assert caught.value.facts["reason"] == "no_features"


def test_later_rows_are_the_test_rows_when_split_by_time(table: Table) -> None:
    changed = resplit(table, Split(method="time", column="c0", test_share=0.25))
    assert changed.test_rows.tolist() == list(range(45, 60))
    assert kept(changed).rows.test == 15 and kept(changed).fingerprint != table.description.fingerprint
    with pytest.raises(WrongSplit):
        resplit(table, Split(method="time", column="c1"))


def test_groups_are_whole_when_split_by_group(table: Table) -> None:
    changed = resplit(table, Split(method="group", column="c1", test_share=0.3))
    groups = {row % 6 for row in changed.test_rows}
    assert len(groups) == 2 and len(changed.test_rows) == 20


def test_seed_and_share_are_obeyed_and_a_file_cannot_be_split_off_afterwards(table: Table) -> None:
    first = resplit(table, Split(test_share=0.5, seed=1)).test_rows
    assert len(first) == 30
    assert first.tolist() != resplit(table, Split(test_share=0.5, seed=2)).test_rows.tolist()
    assert first.tolist() == resplit(table, Split(test_share=0.5, seed=1)).test_rows.tolist()
    with pytest.raises(WrongSplit):
        resplit(table, Split(method="file"))


def test_numbers_that_seemed_to_name_the_rows_are_predicted_as_numbers(brought: Callable[..., Table]) -> None:
    table = brought("id,y\n" + "".join(f"{n},{n % 3 / 2}\n" for n in range(1, 40)), target="y")
    assert table.description.columns[0].kind == "identifier"
    assert isinstance(kept(set_target(table, "c0")).target, Number)


def test_test_rows_are_drawn_by_what_was_known_then(table: Table) -> None:
    """Whatever is predicted, used or missing by now; and so what is undone is as it was."""
    split = table.description.split
    assert split and split.method == "stratified"
    assert (split.levels_of, split.compared) == ("c4", ("c0", "c1", "c2", "c3", "c4"))
    changed = set_role(set_role(set_target(table, "c2"), "c0", "ignored"), "c3", "ignored")
    assert choose_test_rows(changed, split).tolist() == table.test_rows.tolist()
    elsewhere = resplit(changed, Split(seed=5))
    assert elsewhere.description.split and elsewhere.description.split.compared == ("c1", "c2", "c4")
    back = undone(elsewhere, changed.description)
    assert back.test_rows.tolist() == table.test_rows.tolist()
    assert kept(back).fingerprint == table.description.fingerprint
