"""A process that leaves is gone at once, with its last words said and its exit code."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEAVE = """import atexit, sys, threading
from dl.leaving import leave
threading.Thread(target=threading.Event().wait).start()
atexit.register(print, "taken apart")
print("last words", end="")
print("and faults", end="", file=sys.stderr)
leave(7)
"""


def test_process_says_its_last_words_and_waits_for_nothing() -> None:
    """Neither for a thread that would never end nor for what is done at the end of a program."""
    done = subprocess.run([sys.executable, "-c", LEAVE], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (7, "last words", "and faults")
