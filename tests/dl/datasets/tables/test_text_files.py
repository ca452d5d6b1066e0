"""A text is looked at once, in blocks: its encoding, how its lines end, and which of them are empty."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dl.datasets.tables import text_files
from dl.datasets.tables.text_files import copy_as_utf8, examine
from dl.errors import TableUnreadable

TEXTS = st.text(alphabet="aé\n", min_size=1, max_size=20)


@example(text="a\n\nb", ending="\n", block=20)
@example(text="aa\n\nb", ending="\n", block=20)
@given(text=TEXTS, ending=st.sampled_from(["\n", "\r\n"]), block=st.integers(1, 20))
def test_lines_and_empty_ones_are_counted_wherever_a_block_ends(
    tmp_path_factory: pytest.TempPathFactory, text: str, ending: str, block: int
) -> None:
    path = tmp_path_factory.mktemp("text") / "rows.csv"
    path.write_bytes(text.replace("\n", ending).encode())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(text_files, "BLOCK_BYTES", block)
        found = examine(path)
    lines = text.split("\n")[: None if not text.endswith("\n") else -1]
    assert found.lines == len(lines)
    assert found.blank.tolist() == [number for number, line in enumerate(lines, start=1) if not line]
    assert found.ending == (ending if "\n" in text else "\n") and found.encoding == "utf-8"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "cp1251", "shift_jis"])
def test_text_in_another_encoding_is_the_same_in_utf_8(encoding: str, tmp_path: Path) -> None:
    words = {"cp1251": "город,цена", "shift_jis": "都市,価格"}.get(encoding, "Köln,café")
    text = f"{words}\r\n" * 300
    (tmp_path / "rows.csv").write_bytes(text.encode(encoding))
    found = examine(tmp_path / "rows.csv")
    assert found.needs_copy == (encoding != "utf-8-sig")
    copy_as_utf8(tmp_path / "rows.csv", tmp_path / "copy.csv", found.encoding)
    assert (tmp_path / "copy.csv").read_text("utf-8") == re.sub("\r\n", "\n", text)


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (bytes(range(256)) * 40, "binary")])
def test_what_is_no_text_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(content)
    with pytest.raises(TableUnreadable) as caught:
        examine(tmp_path / "rows.csv")
    assert caught.value.facts["reason"] == reason
