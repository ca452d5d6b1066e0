"""The numbers of a small house whose sizes, arrows and circles one can count by hand."""

from pathlib import Path

import pytest

import house

FILES = {
    "pages/train.py": "from ui.shared import runs\n",
    "ui/__init__.py": "",
    "ui/state.py": "def get():\n    return 1\n",
    "ui/shared/__init__.py": "",
    "ui/shared/runs.py": "import dl.store\nfrom ui.state import get\n",
    "api/live.py": "async def live():\n    from ..dl import store\n\n    return store\n",
    "dl/__init__.py": "",
    "dl/store.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from dl.runs.run import Run\n",
    "dl/runs/__init__.py": "from dl.runs.run import Run\n",
    "dl/runs/run.py": "from dl.store import Store\n\nclass Run:\n    def read(self):\n        pass\n",
    "tests/dl/test_store.py": "",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_every_number_is_right_in_a_small_house(small: Path) -> None:
    assert house.report(small) == [
        "lines: 19 (dl 10, ui 4, pages 1, api 4)",
        "lines a file: median 1, 90 % up to 4, largest 5 (dl/runs/run.py); 10 in all",
        "lines a function: median 2, 90 % up to 2, largest 4 (live in api/live.py); 3 in all",
        "arrows between rooms: 6",
        "circles of imports: 1\n  dl/runs/run.py + dl/store.py",
        "modules of dl without a test file of their own: 1\n  dl/runs/run.py",
    ]


def test_arrows_are_those_that_the_files_name(small: Path) -> None:
    trees = {name: house.ast.parse(text) for name, text in FILES.items()}
    imports = house.imports_between(trees)
    assert imports["api/live.py"] == {"dl/store.py"} and imports["dl/runs/__init__.py"] == {"dl/runs/run.py"}
    expected = "pages>ui/shared ui/shared>ui ui/shared>dl api>dl dl>dl/runs dl/runs>dl"
    assert house.arrows(imports) == {tuple(arrow.split(">")) for arrow in expected.split()}


def test_numbers_of_this_house_are_told_by_the_script(capfd: pytest.CaptureFixture[str]) -> None:
    house.main()
    said = capfd.readouterr().out
    assert said.startswith("lines: ") and "arrows between rooms: " in said
