"""The slow import, made quicker."""

import sys

from dl.training.fast import PATCHES

UNUSED = ("matplotlib", "sklearn")


def import_keras() -> None:
    """Without what Keras imports only for its wrappers and drawings, where it is there: a quarter of the time.

    To be called before anything else of this package; without it everything works as well.
    """
    unused = [name for name in UNUSED if PATCHES and name not in sys.modules]
    for name in unused:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        import keras  # noqa: F401
    finally:
        for name in unused:
            del sys.modules[name]
