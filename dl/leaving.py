"""How a process ends: what one that works for a server and that server agree on."""

import os
import sys

LEAVING_SECONDS = 3.0  # what a worker takes at most, once the server is gone, to save its run and end
DISK_FULL_EXIT = 74  # how it ends when the disk is too full for a last word


def leave(code: int) -> None:
    """At once: Python would first take TensorFlow apart, piece by piece, for most of a second."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
