"""Which runs can be compared row by row, and which two one looks at first."""

from collections.abc import Callable

import numpy as np

from dl.files import write_json
from dl.runs import Run, RunStore
from dl.runs.pairing import best_pair, obstacle
from dl.runs.table import RunTable
from dl.specs import RunSpec
from dl.workspace import Workspace

FakeRun = Callable[..., Run]
BuildSpec = Callable[..., RunSpec]


def test_only_the_same_question_on_the_same_rows_is_tested(fake_run: FakeRun) -> None:
    first, second = fake_run(), fake_run()
    assert obstacle(first, second) is None
    assert obstacle(first, fake_run("QUEUED")) == "answers"
    targets = np.load(second.folder / "predictions" / "test_targets.npy")
    np.save(second.folder / "predictions" / "test_targets.npy", targets[::-1])
    assert obstacle(first, second) == "rows"
    dataset = second.dataset().model_dump(mode="json")
    write_json(second.folder / "dataset.json", dataset | {"fingerprint": "f" * 64})
    assert obstacle(first, second) == "data"
    (first.folder / "dataset.json").write_text("{")
    assert obstacle(first, second) == "damaged"


def test_best_pair_is_of_the_data_that_most_are_about_and_no_repetition(
    workspace: Workspace, fake_run: FakeRun, digits_spec: BuildSpec
) -> None:
    scores = ((0.9, digits_spec()), (0.89, digits_spec(seed=1)), (0.7, digits_spec(epochs=2)))
    runs = [fake_run(spec=spec, reached={"accuracy": score}) for score, spec in scores]
    pair = best_pair(RunTable(RunStore(workspace.runs)).rows())
    assert pair and [row.run for row in pair] == [runs[0], runs[2]]
    assert best_pair([pair[0]]) is None
