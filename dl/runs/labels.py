"""What a person says of a run: its name, a note and a star. The one file in its folder that nothing else depends on."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from dl.errors import LabelTooLong, NotKept, UnknownRun
from dl.files import read_model, write_model

LABEL = "label.json"
NAME_LENGTH, NOTE_LENGTH = 60, 2000


class Label(BaseModel):
    """An empty name is none."""

    model_config = ConfigDict(frozen=True)
    name: str = Field("", max_length=NAME_LENGTH)
    note: str = Field("", max_length=NOTE_LENGTH)
    star: bool = False

    def changed(self, **changes: Any) -> "Label":
        """With the spaces at the ends gone, and a name in one line. Raises LabelTooLong."""
        wanted = self.model_dump() | changes
        wanted |= {"name": " ".join(wanted["name"].split()), "note": wanted["note"].strip()}
        for part, limit in (("name", NAME_LENGTH), ("note", NOTE_LENGTH)):
            if len(wanted[part]) > limit:
                raise LabelTooLong(part=part, length=len(wanted[part]), limit=limit)
        return Label.model_validate(wanted)


def read_label(folder: Path) -> Label:
    """Without a file, or with one that is damaged, as if nothing had ever been said."""
    return read_model(folder / LABEL, Label) or Label()


def write_label(folder: Path, label: Label) -> None:
    """Raises UnknownRun if the folder is gone, NotKept if the disk does not take it."""
    try:
        write_model(folder / LABEL, label)
    except FileNotFoundError as error:
        raise UnknownRun(run=folder.name) from error
    except OSError as error:
        raise NotKept(run=folder.name) from error
