"""The rules of who may know whom, read from the files, and a few guards that keep the house small and safe."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("keras", "tensorflow")
TRAINING_DOORS = ("dl/training/", "dl/worker.py", "dl/__main__.py", "dl/commands")

UI_PAGES = ("ui.home", "ui.explore", "ui.configure", "ui.train", "ui.evaluate")

# Files under the first may import nothing of the second.
FORBIDDEN = [
    ("dl", ("streamlit", "plotly", "ui", "pages", "app", "api")),
    ("dl/datasets", ("dl.runs", "dl.jobs")),
    ("dl/runs", ("dl.jobs",)),
    ("api", ("streamlit", "plotly", "ui", "pages", "app")),
    ("ui", ("pages", "app", "api")),
    ("ui/charts", ("streamlit", "ui.components", "ui.shared", *UI_PAGES, "ui.state", "ui.text", "ui.frame")),
    ("ui/shared", UI_PAGES),
    *((page.replace(".", "/"), tuple(other for other in UI_PAGES if other != page)) for page in UI_PAGES),
    ("pages", ("pages", "app", "api", "plotly")),
]


def python_files(*folders: str) -> list[Path]:
    found = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    assert found, f"no Python file in {folders}: has a folder moved?"
    return found


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def module_of(file: Path) -> str:
    return name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(file: Path) -> Iterator[str]:
    """Every module that a file imports anywhere in it; of `from a import b`, both `a` and `a.b`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = origin(file, node)
            yield package
            yield from (f"{package}.{alias.name}" for alias in node.names)


def origin(file: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parents = name_of(file).split("/")[: -node.level]
    return ".".join([*parents, *([node.module] if node.module else [])])


def offences(files: list[Path], forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{name_of(file)} imports {module}"
        for file in files
        for module in imported(file)
        if any(module == name or module.startswith(f"{name}.") for name in forbidden)
    ]


@pytest.mark.parametrize(("folder", "forbidden"), FORBIDDEN, ids=[folder for folder, _ in FORBIDDEN])
def test_layers_know_only_those_below_them(folder: str, forbidden: tuple[str, ...]) -> None:
    assert offences(python_files(folder), forbidden) == []


def test_keras_is_imported_only_under_training() -> None:
    files = [
        file for file in python_files("api", "dl", "ui", "pages", "scripts") if "dl/training/" not in name_of(file)
    ]
    assert offences([ROOT / "app.py", *files], HEAVY) == []


def test_training_is_imported_only_through_its_doors() -> None:
    files = [file for file in python_files("api", "dl", "ui", "pages") if not name_of(file).startswith(TRAINING_DOORS)]
    assert offences([ROOT / "app.py", *files], ("dl.training",)) == []


def test_data_sets_are_asked_for_by_id_and_never_taken_from_the_catalogue() -> None:
    files = [file for file in python_files("api", "bench", "dl", "ui", "pages") if "dl/datasets/" not in name_of(file)]
    names = ("dl.datasets.catalogue", *(f"dl.datasets.{name}" for name in ("BUILTINS", "Builtin")))
    assert offences([ROOT / "app.py", *files], names) == []


def test_relative_imports_are_seen_by_these_rules() -> None:
    node = ast.parse("from ..training import build").body[0]
    assert isinstance(node, ast.ImportFrom)
    assert origin(ROOT / "dl" / "runs" / "store.py", node) == "dl.training"


def loaded_after(code: str, *names: str) -> str:
    """Which of the modules a fresh Python has loaded after it ran the code."""
    report = f"\nimport sys\nprint('loaded:', *sorted({set(names)!r} & set(sys.modules)))"
    command = [sys.executable, "-c", code + report]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].removeprefix("loaded:").strip()


def import_all(files: list[Path]) -> str:
    return "import importlib\n" + "\n".join(f"importlib.import_module({module_of(file)!r})" for file in files)


def imports_of(page: Path) -> str:
    """A page's import statements alone: the rest of a page draws, and needs a browser's session."""
    body = ast.parse(page.read_text(encoding="utf-8")).body
    return "\n".join(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))


def test_tensorflow_stays_out_when_every_page_and_ui_module_is_imported() -> None:
    pages = [imports_of(page) for page in [ROOT / "app.py", *python_files("pages")]]
    assert loaded_after("\n".join([import_all(python_files("ui")), *pages]), *HEAVY) == ""


def test_screen_and_tensorflow_stay_out_when_the_library_is_imported() -> None:
    light = [file for file in python_files("api", "dl") if not name_of(file).startswith(TRAINING_DOORS)]
    assert loaded_after(import_all(light), "streamlit", "plotly", *HEAVY) == ""


def test_streamlit_stays_out_when_the_charts_are_imported() -> None:
    assert loaded_after(import_all(python_files("ui/charts")), "streamlit") == ""


def test_no_file_lets_text_become_html() -> None:
    files = [ROOT / "app.py", *python_files("api", "dl", "ui", "pages", "scripts")]
    careless = ("unsafe_allow_html", "unsafe_allow_javascript")
    assert [name_of(file) for file in files if any(word in file.read_text(encoding="utf-8") for word in careless)] == []


def test_files_stay_short_enough_to_read() -> None:
    lengths = {name_of(file): len(file.read_bytes().splitlines()) for file in python_files("api", "dl", "ui", "pages")}
    assert {name: lines for name, lines in lengths.items() if lines > 300} == {}
