"""What makes training faster than Keras's own loop. With LIVEFIT_PLAIN=1 nothing of it patches Keras or TensorFlow."""

import os
import sys

PATCHES = os.environ.get("LIVEFIT_PLAIN") != "1"
UNUSED = ("matplotlib", "sklearn")


def import_keras() -> None:
    """Without what Keras imports only for its wrappers and drawings, where it is there: a quarter of the time.

    To be called before anything else of `dl.training`; without it everything works as well.
    """
    unused = [name for name in UNUSED if PATCHES and name not in sys.modules]
    for name in unused:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        import keras  # noqa: F401
    finally:
        for name in unused:
            del sys.modules[name]
