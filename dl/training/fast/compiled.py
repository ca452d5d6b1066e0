"""What XLA has compiled is kept on disk: the next training of the same network begins without compiling.

Kept for each machine on its own, since compiled code is made for one processor. A damaged file costs nothing but its
time: it is removed, and what was in it compiled again.
"""

import hashlib
import os
import platform
import shutil
from importlib.metadata import distributions
from pathlib import Path

import tensorflow as tf

from dl.training.fast import PATCHES

FLAG = "--tf_xla_persistent_cache_directory="
FILES_KEPT = 200  # a small network takes 0.3 MB
SPARE_BYTES = 50_000_000
DAMAGE = (tf.errors.OutOfRangeError, tf.errors.DataLossError)


def keep_compiled(home: Path) -> None:
    """To be called before anything is compiled in this process: TensorFlow reads its flags once.

    Where nothing can be written, or soon nothing more, nothing is kept: TensorFlow takes that for a failure. Nor is it
    without patches, for then it would not be found again.
    """
    if not PATCHES:
        return
    folder = home / "compiled" / _machine()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _thin(folder)
        if shutil.disk_usage(folder).free < SPARE_BYTES:
            return
    except OSError:
        return
    os.environ["TF_XLA_FLAGS"] = f"{os.environ.get('TF_XLA_FLAGS', '')} {FLAG}{folder}".strip()


def forget_compiled() -> bool:
    """Remove what is kept; whether there was anything."""
    _, kept, folder = os.environ.get("TF_XLA_FLAGS", "").rpartition(FLAG)
    files = list(Path(folder).iterdir()) if kept else []
    for file in files:
        file.unlink(missing_ok=True)
    return bool(files)


def is_damage(error: tf.errors.OpError) -> bool:
    """Whether TensorFlow met a file that it cannot read, of which it makes various errors."""
    return isinstance(error, DAMAGE) or "Serialized cache key" in str(error)


def _thin(folder: Path) -> None:
    """The files that were made last stay."""
    files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime)
    for file in files[:-FILES_KEPT]:
        file.unlink(missing_ok=True)


def _machine() -> str:
    """Processor with its abilities, and the version of TensorFlow."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = [platform.processor()]
    abilities = sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))} or lines[:1])
    packages = sorted(f"{d.name} {d.version}" for d in distributions() if d.name.lower().startswith("tensorflow"))
    return hashlib.sha256("\n".join([platform.machine(), *abilities, *packages]).encode()).hexdigest()[:16]
