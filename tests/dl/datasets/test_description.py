"""What is known of a data set goes to disk and comes back; nonsense is not read as a data set."""

import pytest
from pydantic import ValidationError

from dl.datasets import Dataset, describe
from dl.workspace import Workspace


@pytest.fixture
def sample(sample_workspace: Workspace) -> Dataset:
    return describe(sample_workspace, "mnist_sample")


def test_description_comes_back_equal_from_json(sample: Dataset) -> None:
    assert Dataset.model_validate_json(sample.model_dump_json()) == sample
    assert sample.rows.total == sample.rows.train + sample.rows.test == 5000


@pytest.mark.parametrize(
    "nonsense",
    [{"shape": (8, 0, 1)}, {"shape": (8, 8)}, {"kind": "sound"}, {"rows": {"train": -1, "test": 0}}, {"classes": None}],
    ids=str,
)
def test_description_that_cannot_be_is_refused(sample: Dataset, nonsense: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Dataset.model_validate(sample.model_dump() | nonsense)
