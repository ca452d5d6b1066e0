"""The built-in tables: downloaded from a local server and checked; and their scripts, which read them by themselves."""

import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import _california_housing

from dl.datasets import DatasetStore
from dl.datasets.archives import Archive
from dl.datasets.catalogue import BUILTINS, Builtin
from dl.datasets.importing import import_builtin
from dl.datasets.tables.table import Table
from dl.errors import DownloadFailed
from dl.preparation.learning import learn
from dl.specs.presets import default_spec
from dl.specs.script import keras_script
from dl.workspace import Workspace

ADULT_ROW = (
    "{age}, Private, 77516, {education}, 13, Never-married, ?, Not-in-family, White, Male, 0, 0, 40, Cuba, {income}"
)
HOUSE = "-122.0,37.0,{age},{rooms},100,300,50,{income},452600.0"
Serve = Callable[[str, list[bytes]], Builtin]


@pytest.fixture
def serve(server: Any) -> Serve:
    """The data set, with archives of this content on the local server and hashes that suit it."""

    def build(dataset_id: str, contents: list[bytes]) -> Builtin:
        known = BUILTINS[dataset_id]
        archives = []
        for archive, content in zip(known.archives, contents, strict=True):
            address, digest = server.whole(f"/{archive.name}", content), hashlib.sha256(content).hexdigest()
            archives.append(Archive(archive.name, address, len(content), digest))
        return known.model_copy(update={"archives": tuple(archives)})

    return build


def adult_rows(count: int, end: str) -> bytes:
    incomes = [">50K" if n % 4 == 0 else "<=50K" for n in range(count)]
    rows = [
        ADULT_ROW.format(age=20 + n % 50, education=f"grade {n % 5}", income=f"{incomes[n]}{end}") for n in range(count)
    ]
    return ("\n".join(rows) + "\n\n").encode()


def housing() -> bytes:
    rows = [HOUSE.format(age=n % 40, rooms=200 + n, income=1 + n / 100) for n in range(60)]
    content, file = "\n".join(rows).encode(), io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        member = tarfile.TarInfo("CaliforniaHousing/cal_housing.data")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def test_adult_has_its_own_test_rows_and_a_question_mark_is_missing(serve: Serve, workspace: Workspace) -> None:
    test = b"|1x3 Cross validator\n" + adult_rows(20, ".")
    known = import_builtin(workspace, serve("adult", [adult_rows(80, ""), test]))
    table = Table(workspace.datasets / "adult", known)
    assert known.rows.model_dump() == {"train": 80, "test": 20} and table.test_rows.tolist() == list(range(80, 100))
    assert known.classes == ("<=50K", ">50K") and known.columns == BUILTINS["adult"].columns
    query = f"SELECT count(c6), min(c0), max(c3), count(DISTINCT c14) FROM {table.relation()}"
    assert table.connect().execute(query).fetchone() == (0, 20.0, "grade 4", 2)


def test_housing_is_in_averages_a_household(serve: Serve, workspace: Workspace) -> None:
    known = import_builtin(workspace, serve("california_housing", [housing()]))
    table = Table(workspace.datasets / "california_housing", known)
    first = table.connect().execute(f"FROM {table.relation()} ORDER BY row LIMIT 1").fetchone()
    assert first == (0, 2, 1.0, 0.0, 4.0, 2.0, 300.0, 6.0, 37.0, -122.0, 4.526)
    assert known.rows.model_dump() == {"train": 48, "test": 12} and known.target.name == "MedHouseVal"


def test_nothing_is_brought_when_the_hash_is_another(
    serve: Serve, server: Any, workspace: Workspace, files_below: Callable[[Path], list[str]]
) -> None:
    known = serve("california_housing", [housing()])
    server.whole("/cal_housing.tgz", bytes(known.archives[0].bytes))
    with pytest.raises(DownloadFailed) as caught:
        import_builtin(workspace, known)
    assert caught.value.facts["reason"] == "hash"
    assert files_below(workspace.home) == [] and files_below(workspace.downloads) == []


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes", "adult", "california_housing"])
def test_script_reads_and_prepares_the_table_by_itself(
    name: str, keras: ModuleType, serve: Serve, server: Any, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From where its publisher has it, which is the local server here."""
    from dl.training.data import run_data

    archives = {"adult": [adult_rows(80, ""), adult_rows(20, ".")], "california_housing": [housing()]}.get(name, [])
    known = serve(name, archives)
    import_builtin(workspace, known)
    table = DatasetStore(workspace).table(name)
    spec = default_spec(table.description)
    assert spec.model.columns
    script = keras_script(spec, table.description, preparation=learn(table, spec.model.columns))
    for archive, original in zip(known.archives, BUILTINS[name].archives, strict=True):
        moved = _california_housing.ARCHIVE._replace(url=archive.url, checksum=archive.sha256)
        monkeypatch.setattr(_california_housing, "ARCHIVE", moved)
        script = script.replace(original.url.rpartition("/")[0], archive.url.rpartition("/")[0])
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(workspace.home / "scikit_learn"))
    names: dict[str, Any] = {}
    exec(script[: script.index("# Training")], names)
    data = run_data(spec, workspace)
    for column, values in data.training.inputs.items():
        np.testing.assert_allclose(names["x_train"][column], values[data.training.train], rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(names["x_test"][column], data.test[:][column], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(np.ravel(names["y_train"]), data.training.labels[data.training.train], rtol=1e-6)
