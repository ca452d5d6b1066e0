"""Which data a run trains on, and how they are used."""

from pydantic import Field

from dl.specs.base import Spec
from dl.tasks.task import TargetEncoding


class DataSpec(Spec):
    """Which data, and how it is used; `fingerprint` pins the exact arrays once the run exists."""

    dataset: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    fingerprint: str | None = None
    validation_share: float = Field(0.1, ge=0, le=0.9)
    target_encoding: TargetEncoding = "integer"
