"""Profiles on disk: computed once for each way in which the columns are described, and kept beside the rows."""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from dl.datasets.tables.table import Table
from dl.files import read_model, write_model
from dl.profiles.profile import Profile
from dl.profiles.profiling import Report, ignore, profiles

FOLDER = "profiles"
VERSION = 1  # of what a profile holds and how it is found


def path_of(table: Table) -> Path:
    """Another one after each change of the description or of the rows, of which it holds the fingerprint."""
    said = f"{VERSION} {table.description.model_dump_json()}"
    return table.folder / FOLDER / f"{hashlib.sha256(said.encode()).hexdigest()[:24]}.json"


def kept_profile(table: Table) -> Profile | None:
    """The best that there is, at once; None where nobody has looked yet."""
    return read_model(path_of(table), Profile)


def kept_profiles(table: Table, report: Report = ignore) -> Iterator[Profile]:
    """As `profiles`, kept as they come; only the exact one if that is here already."""
    kept = kept_profile(table)
    if kept and kept.is_exact:
        yield kept
        return
    for profile in profiles(table, report):
        with contextlib.suppress(OSError):  # a full disk or a read-only folder costs only the time to compute it again
            path_of(table).parent.mkdir(exist_ok=True)
            write_model(path_of(table), profile)
        yield profile
