"""What a place where jobs run has to offer; today there is this machine alone, in `local`."""

from pathlib import Path
from typing import Protocol

from dl.processes import Owner


class Job(Protocol):
    """A process that ends when we let go of it, however we end."""

    @property
    def owner(self) -> Owner:
        """Its name, in which leases are taken."""

    @property
    def exit_code(self) -> int | None:
        """None while it lives; negative when a signal ended it."""

    def tell(self, line: str) -> None:
        """A line on its stdin. Raises OSError if it has just died."""

    def let_go(self) -> None:
        """Ask it to end in order; harmless when it has ended."""

    def stop(self, patience: float) -> None:
        """Let go, and kill it if it has not ended in so many seconds."""

    def kill(self) -> None: ...


class Executor(Protocol):
    def start(self, module: str, *arguments: str, log: Path) -> Job:
        """Run a module, which finds the workspace in its environment; what it prints goes into the log."""
