"""With what a run was trained, as its worker saw it: results follow from that too, in their last digits at least."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from dl.files import read_model, write_model

ENVIRONMENT = "environment.json"
PACKAGES = ("python", "keras", "tensorflow", "numpy")


class Environment(BaseModel):
    """Versions, and the machine: its `system` and `processor` as Python names them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    python: str = Field(max_length=40)
    keras: str = Field(max_length=40)
    tensorflow: str = Field(max_length=40)
    numpy: str = Field(max_length=40)
    system: str = Field(max_length=200)
    processor: str = Field(max_length=200)
    cores: int
    gpus: int


def write_environment(run: Path, environment: Environment) -> None:
    write_model(run / ENVIRONMENT, environment)


def read_environment(run: Path) -> Environment | None:
    """None for a run of before that was noted, or that has not begun."""
    return read_model(run / ENVIRONMENT, Environment)
