"""How big the code is and how its parts hang together: a few lines to watch, which decide nothing.

A room is a folder of the code, in `dl` and `ui` each folder within. An arrow leads to a room of which another imports.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from environment import ROOT, say

FOLDERS = ("dl", "ui", "pages", "api")
Trees = dict[str, ast.Module]  # by file
Sizes = list[tuple[int, str]]  # lines, and of what
Imports = dict[str, set[str]]  # of each file, those it imports


def main() -> None:
    for line in report(ROOT):
        say(line)


def report(root: Path) -> list[str]:
    sources = {file: (root / file).read_text(encoding="utf-8") for file in python_files(root)}
    trees = {file: ast.parse(source) for file, source in sources.items()}
    sizes = [(len(source.splitlines()), file) for file, source in sources.items()]
    imports = imports_between(trees)
    return [
        lines_by_folder(sizes),
        spread("file", sizes),
        spread("function", list(functions(trees))),
        f"arrows between rooms: {len(arrows(imports))}",
        listed("circles of imports", [" + ".join(sorted(circle)) for circle in circles_in(imports)]),
        listed("modules of dl without a test file of their own", [file for file in trees if lacks_test(root, file)]),
    ]


def python_files(root: Path) -> Iterator[str]:
    for folder in FOLDERS:
        yield from (file.relative_to(root).as_posix() for file in sorted((root / folder).rglob("*.py")))


def lines_by_folder(files: Sizes) -> str:
    counts = Counter({folder: 0 for folder in FOLDERS})
    for lines, file in files:
        counts[file.split("/")[0]] += lines
    return f"lines: {sum(counts.values()):,} ({', '.join(f'{folder} {counts[folder]:,}' for folder in FOLDERS)})"


def spread(what: str, sizes: Sizes) -> str:
    ordered = sorted(sizes)
    (median, _), (most, _), (largest, name) = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.9, 1))
    return f"lines a {what}: median {median}, 90 % up to {most}, largest {largest} ({name}); {len(sizes):,} in all"


def functions(trees: Trees) -> Iterator[tuple[int, str]]:
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield (node.end_lineno or node.lineno) - node.lineno + 1, f"{node.name} in {file}"


def imports_between(trees: Trees) -> Imports:
    """Wherever an import stands, and those for the types alone too."""
    files = {file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in trees}
    return {file: {files[name] for name in imported(file, tree, files)} - {file} for file, tree in trees.items()}


def imported(file: str, tree: ast.Module, modules: dict[str, str]) -> set[str]:
    """The modules of ours that are named; of `from a import b` that is `a.b`, or else `a`."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = file.split("/")[: -node.level] if node.level else []
            origin = ".".join([*package, *filter(None, [node.module])])
            inner = [f"{origin}.{alias.name}" for alias in node.names]
            names += [name if name in modules else origin for name in inner]
    return modules.keys() & set(names)


def arrows(imports: Imports) -> set[tuple[str, str]]:
    pairs = {(room_of(file), room_of(other)) for file, others in imports.items() for other in others}
    return {(room, other) for room, other in pairs if room != other}


def room_of(file: str) -> str:
    return "/".join(file.split("/")[:-1][:2])


def circles_in(imports: Imports) -> set[frozenset[str]]:
    """The files of each circle: those that lead to each other and back."""
    reached = {file: reachable(file, imports) for file in imports}
    return {frozenset(other for other in reached[file] if file in reached[other]) for file in imports} - {frozenset()}


def reachable(file: str, imports: Imports) -> set[str]:
    found: set[str] = set()
    waiting = [file]
    while waiting:
        new = imports[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def lacks_test(root: Path, file: str) -> bool:
    place = Path("tests", file)
    test = place.with_name(f"test_{place.stem.strip('_')}.py")
    return file.startswith("dl/") and place.name != "__init__.py" and not (root / test).exists()


def listed(what: str, names: list[str]) -> str:
    return "\n  ".join([f"{what}: {len(names)}", *sorted(names)])


if __name__ == "__main__":
    main()
