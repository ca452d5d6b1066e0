"""How a process ends that has nothing left to do."""

import os
import sys


def leave(code: int) -> None:
    """At once: Python would first take TensorFlow apart, piece by piece, for most of a second."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
