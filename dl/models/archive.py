"""A `.keras` file before anything is loaded of it: what lies in the archive, and what its configuration names.

Nothing here imports Keras or unpacks more than it has counted. What Keras 3.15 checks itself is checked once more, and
more narrowly: its limits are far above what a small server has.
"""

import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dl.errors import ModelRefused
from dl.models.allowed import ALLOWED, MODELS, VALUES

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
NAMES = {CONFIG, METADATA, WEIGHTS}
MOST_BYTES = 500_000_000
MOST_RATIO = 100
MOST_CONFIG_BYTES = 20_000_000
MOST_DEPTH = 100
MOST_OBJECTS = 20_000
FILE_KEYS = {
    "vocabulary",
    "idf_weights",
    "file",
    "filename",
    "filepath",
    "path",
    "url",
    "uri",
}  # hold lists, or nothing
# What zipfile raises; ValueError for a name in no encoding.
TORN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def look_into(path: Path) -> dict[str, Any]:
    """The configuration of the model, of a file that may be loaded. Raises ModelRefused."""
    if (packed := path.stat().st_size) > MOST_BYTES:  # before its list of members is read, however long that is
        raise ModelRefused(reason="too_large", bytes=packed, most_bytes=MOST_BYTES)
    with opened(path) as archive:
        _check_members(archive, packed)
        config = _read_json(archive, CONFIG)
        _read_json(archive, METADATA)
    config.pop("compile_config", None)  # it is never loaded
    if config.get("class_name") not in MODELS:
        raise ModelRefused(reason="no_model", name=str(config.get("class_name"))[:80])
    _check_objects(config)
    return config


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """To be read in; what is found to be torn on the way is a ModelRefused too."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except TORN as error:
        raise ModelRefused(reason="not_an_archive", detail=type(error).__name__) from error


def _check_members(archive: zipfile.ZipFile, packed: int) -> None:
    members = archive.infolist()
    for member in members:
        name = member.filename
        if name not in NAMES:
            raise ModelRefused(reason="other_file", name=name[:80], allowed=", ".join(sorted(NAMES)))
        if member.flag_bits & 0x1:
            raise ModelRefused(reason="encrypted", name=name)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ModelRefused(reason="link", name=name)
        if not 0 <= member.header_offset < packed:
            raise zipfile.BadZipFile
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise ModelRefused(reason="twice", name=next(name for name in names if names.count(name) > 1))
    if missing := NAMES - set(names):
        raise ModelRefused(reason="lacks_file", name=min(missing))
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_BYTES or unpacked > MOST_RATIO * packed:
        raise ModelRefused(reason="too_large", bytes=unpacked, most_bytes=min(MOST_BYTES, MOST_RATIO * packed))


def _read_json(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    """No more of it than is allowed, whatever the archive says of its size."""
    with archive.open(name) as file:
        content = file.read(MOST_CONFIG_BYTES + 1)
    if len(content) > MOST_CONFIG_BYTES:
        raise ModelRefused(reason="too_large", bytes=len(content), most_bytes=MOST_CONFIG_BYTES)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelRefused(reason="not_json", name=name) from error
    if not isinstance(found, dict):
        raise ModelRefused(reason="not_json", name=name)
    return found


def _check_objects(config: dict[str, Any]) -> None:
    """Every object that Keras would make of it is on the list, and nothing names a file."""
    count = 0
    for key, value in parts(config):
        if isinstance(value, dict) and is_object(value):
            count += 1
            _check_object(value)
        if count > MOST_OBJECTS:
            raise ModelRefused(reason="too_many_parts", most=MOST_OBJECTS)
        if key in FILE_KEYS and isinstance(value, str):
            raise ModelRefused(reason="names_a_file", key=key, given=value[:80])


def is_object(value: dict[str, Any]) -> bool:
    """Whether Keras makes something of it. Columns of a table may have such names too, but no text under them."""
    told = [name for name in ("class_name", "registered_name", "module") if isinstance(value.get(name), str)]
    return bool(told) or {"class_name", "config"} <= value.keys()


def _check_object(value: dict[str, Any]) -> None:
    name, module, registered = (value.get(key) for key in ("class_name", "module", "registered_name"))
    if not isinstance(name, str):
        raise ModelRefused(reason="not_allowed", name=str(name or module or registered)[:80])
    if name in VALUES and not module:
        return
    if registered not in (None, name) or module is None:
        raise ModelRefused(reason="custom", name=str(registered or name)[:80])
    if not isinstance(module, str) or name not in ALLOWED.get(module, ()):
        raise ModelRefused(reason="not_allowed", name=f"{module}.{name}"[:80])


def parts(config: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every value with its key, whatever lies in what; without recursion, which a deep file would exhaust."""
    waiting: list[tuple[str, Any, int]] = [("", config, 0)]
    while waiting:
        key, value, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise ModelRefused(reason="too_deep", most=MOST_DEPTH)
        yield key, value
        if isinstance(value, dict):
            waiting += [(str(name), part, depth + 1) for name, part in value.items()]
        elif isinstance(value, list):
            waiting += [(key if not isinstance(part, str) else "", part, depth + 1) for part in value]
