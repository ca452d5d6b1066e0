"""What can go wrong, as a tree of exceptions that carry facts; the screen turns them into sentences.

LivefitError
├── SpecError             the request does not parse or cannot work
├── UnknownDraft          no draft of that name, or it cannot be read
├── DatasetError
│   ├── UnknownDataset    no data set of that name
│   ├── DatasetMissing    known, but not imported yet
│   ├── DatasetDamaged    files on disk are torn, missing or changed
│   ├── DownloadFailed    network, http, hash, cut_off, disk_full, not_writable
│   ├── DatasetExists     another data set has that name
│   ├── TableUnreadable   a file of rows: empty, binary, damaged, zip_bomb, ...
│   ├── WrongDialect      how the file is written cannot be so
│   ├── UnknownColumn     no column of that name
│   ├── WrongTarget       nothing can be learnt from the column that was chosen
│   └── WrongSplit        no test rows can be chosen in that way
├── RunError
│   ├── UnknownRun        no run of that name
│   ├── RunDamaged        a file of the run is torn, empty or missing
│   ├── CheckpointMissing the saved epoch that a fork begins at is not here
│   ├── RunAtWork         it cannot be deleted before it has ended
│   ├── CannotRepeat      it cannot be trained with other seeds
│   ├── LabelTooLong      its name or its note
│   └── PassportRefused   what says how to repeat it cannot be used
├── ModelRefused          a model from elsewhere that may not be loaded, or cannot
├── PredictionError
│   ├── NoLightForm       the network cannot be asked in this process, yet or at all
│   ├── BadPicture        what was given is no picture, too large or empty
│   ├── MissingColumns    a file of rows lacks what the network takes in
│   └── BadRow            a value that its column cannot have, or a column that is missing
└── TrainingFailed        diverged, out_of_memory, ...
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """Why a specification cannot work, as facts too."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} ({', '.join(f'{name}={value}' for name, value in self.facts.items())})"


class LivefitError(Exception):
    """Base of all expected faults: `code` names the sentence, `facts` fill its gaps."""

    code = "error"

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(f"{self.code}: " + ", ".join(f"{name}={value}" for name, value in facts.items()))


class SpecError(LivefitError):
    """A specification does not parse or cannot work; `problems` lists why, one `Problem` each."""

    code = "spec"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(problems="; ".join(str(problem) for problem in problems))


class UnknownDraft(LivefitError):
    """Facts: draft."""

    code = "unknown_draft"


class DatasetError(LivefitError):
    code = "dataset"


class UnknownDataset(DatasetError):
    """Facts: dataset, known (the names that exist)."""

    code = "unknown_dataset"


class DatasetMissing(DatasetError):
    """Facts: dataset."""

    code = "dataset_missing"


class DatasetDamaged(DatasetError):
    """Facts: dataset, file."""

    code = "dataset_damaged"


class DownloadFailed(DatasetError):
    """Facts: dataset, url, reason (network, http, hash, cut_off, disk_full, not_writable), detail."""

    code = "download_failed"


class DatasetExists(DatasetError):
    """Facts: dataset."""

    code = "dataset_exists"


class TableUnreadable(DatasetError):
    """Facts: file, reason (no_file, empty, binary, no_rows, damaged, zip_bomb, ...), and what the reason needs."""

    code = "table_unreadable"


class WrongDialect(DatasetError):
    """Facts: field, given."""

    code = "wrong_dialect"


class UnknownColumn(DatasetError):
    """Facts: column, columns (the names that exist)."""

    code = "unknown_column"


class WrongTarget(DatasetError):
    """Facts: column, reason (all_missing, too_many_levels, not_a_number, text, no_features), what the reason needs."""

    code = "wrong_target"


class WrongSplit(DatasetError):
    """Facts: reason (no_rows, no_date, no_groups, from_file), and what the reason needs."""

    code = "wrong_split"


class NotComparable(DatasetError):
    """Facts: column, reason (number, date), given."""

    code = "not_comparable"


class RunError(LivefitError):
    code = "run"


class UnknownRun(RunError):
    """Facts: run."""

    code = "unknown_run"


class RunDamaged(RunError):
    """Facts: run, file."""

    code = "run_damaged"


class CheckpointMissing(RunError):
    """Facts: run (the parent), epoch, step."""

    code = "checkpoint_missing"


class RunAtWork(RunError):
    """Facts: run."""

    code = "run_at_work"


class CannotRepeat(RunError):
    """Facts: run, reason (fork, data)."""

    code = "cannot_repeat"


class NotKept(RunError):
    """The disk does not take it: it is full, or may not be written. Facts: run."""

    code = "not_kept"


class LabelTooLong(RunError):
    """Facts: part (name or note), length, limit."""

    code = "label_too_long"


class PassportRefused(RunError):
    """Facts: reason (too_large, not_json, not_a_passport, version, damaged, fork, no_data), what the reason needs."""

    code = "passport_refused"


class ModelRefused(LivefitError):
    """Facts: reason (other_file, not_allowed, names_a_file, weights_link, ...), and what the reason needs."""

    code = "model_refused"

    def __init__(self, **facts: Any) -> None:
        """What is quoted of a file may hold half a character, which JSON can write and UTF-8 cannot."""
        writable = {
            name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
            for name, value in facts.items()
        }
        super().__init__(**writable)


class PredictionError(LivefitError):
    code = "prediction"


class NoLightForm(PredictionError):
    """Facts: run, reason (missing, not_converted, inexact, epoch; of a process that shall answer in its place starting,
    taken, ended), and what the reason needs."""

    code = "no_light_form"


class BadPicture(PredictionError):
    """Facts: reason (unreadable, too_large, too_many_pixels, empty), and what the reason needs."""

    code = "bad_picture"


class MissingColumns(PredictionError):
    """Facts: file, missing and given (names of columns)."""

    code = "missing_columns"


class BadRow(PredictionError):
    """Facts: row (from 1), column, reason (missing_column, not_a_number, not_a_date, not_a_row), given."""

    code = "bad_row"


class TrainingFailed(LivefitError):
    """Facts: reason (diverged, out_of_memory, ...), and what the reason needs."""

    code = "training_failed"
