"""The slow import, made quicker."""

import sys

UNUSED = ("matplotlib", "sklearn")


def import_keras() -> None:
    """Without what Keras imports only for its wrappers and drawings, where it is there: a quarter of the time.

    To be called before anything else of this package; without it everything works as well.
    """
    unused = [name for name in UNUSED if name not in sys.modules]
    for name in unused:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        import keras  # noqa: F401
    finally:
        for name in unused:
            del sys.modules[name]
