"""What was given and is not imported yet: kept under harmless names, fetched whole, and removed in the end."""

import gzip
import io
import os
from pathlib import Path

import pytest

from dl.datasets.tables.arrivals import (
    KEPT_SECONDS,
    begin,
    begin_upload,
    change_arrival,
    discard_arrival,
    fetch_arrival,
    must_be_fetched,
    read_arrival,
    safe_name,
)
from dl.datasets.tables.preview import preview
from dl.errors import DatasetMissing, TableUnreadable
from dl.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home", tmp_path / "downloads")


def test_upload_is_kept_whole_and_asked_for_by_its_id(workspace: Workspace) -> None:
    request = begin_upload(workspace, "../../some.data.csv", io.BytesIO(b"a,b\n1,2\n"))
    assert request.name == "some" and Path(request.source).read_bytes() == b"a,b\n1,2\n"
    assert Path(request.source).parent.parent == workspace.arrivals / request.arrival
    changed = change_arrival(workspace, request, target="b", dialect={"skip": 1})
    assert read_arrival(workspace, request.arrival) == changed != request
    discard_arrival(workspace, request.arrival)
    assert read_arrival(workspace, request.arrival) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a/b\\c.csv", "c.csv"), ("..", "table"), ("x" * 300 + ".csv", "x" * 116 + ".csv"), ("a\0:b\n.csv", "a__b_.csv")],
)
def test_name_is_harmless(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize("id", ["../x", "new-", "iris", "new-zzzzzzzzzzzz"])
def test_ids_from_addresses_lead_nowhere_else(id: str, workspace: Workspace) -> None:
    assert read_arrival(workspace, id) is None
    discard_arrival(workspace, id)
    with pytest.raises(DatasetMissing):
        fetch_arrival(workspace, id)


def test_packed_file_is_unpacked_once_and_an_open_one_read_where_it_lies(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert not must_be_fetched(begin(workspace, str(tmp_path / "rows.csv")))
    assert not must_be_fetched(begin(workspace, str(tmp_path)))
    assert must_be_fetched(begin(workspace, "https://example.org/rows.csv"))
    request = begin(workspace, str(tmp_path / "rows.csv.gz"))
    assert request.name == "rows" and must_be_fetched(request)
    fetched = fetch_arrival(workspace, request.arrival)
    assert not must_be_fetched(fetched) and preview(fetched.fetched).rows == (("1", "2"),)
    with pytest.raises(TableUnreadable):
        must_be_fetched(begin(workspace, str(tmp_path / "nowhere.csv")))


def test_what_was_never_imported_is_removed_in_the_end(workspace: Workspace) -> None:
    old, new = (begin(workspace, "/data/some.csv") for _ in range(2))
    os.utime(workspace.arrivals / old.arrival, (0, KEPT_SECONDS))
    begin(workspace, "/data/other.csv")
    assert read_arrival(workspace, old.arrival) is None and read_arrival(workspace, new.arrival) == new


@pytest.mark.parametrize("place", ["~nobody_of_that_name/x.csv", "a,b\n1,2\n" * 200, "nul\0.csv"])
def test_what_is_no_place_is_refused_in_a_sentence(place: str, workspace: Workspace) -> None:
    request = begin(workspace, place)
    for ask in (lambda: must_be_fetched(request), lambda: preview(request.source)):
        with pytest.raises(TableUnreadable) as caught:
            ask()
        assert caught.value.facts["reason"] == "no_file" and len(caught.value.facts["file"]) <= 100


def test_change_begins_with_what_was_changed_meanwhile(workspace: Workspace, tmp_path: Path) -> None:
    """A page may have been drawn before."""
    drawn = begin(workspace, str(tmp_path / "x.csv"))
    change_arrival(workspace, drawn, target="a")
    assert change_arrival(workspace, drawn, name="other").target == "a"
