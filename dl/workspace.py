"""Where one person's data sets, runs and downloads lie. Passed in everywhere, never imported as a constant."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Workspace:
    """A folder with `datasets/`, `arrivals/`, `runs/` and `drafts/`; downloaded archives may lie elsewhere."""

    home: Path
    downloads: Path

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, home: Path | str | None = None
    ) -> "Workspace":
        """`LIVEFIT_HOME` (default `~/.livefit`) and `LIVEFIT_DOWNLOADS` (default `<home>/downloads`)."""
        folder = Path(home or environment.get("LIVEFIT_HOME") or Path.home() / ".livefit").expanduser().absolute()
        downloads = environment.get("LIVEFIT_DOWNLOADS")
        return cls(folder, Path(downloads).expanduser().absolute() if downloads else folder / "downloads")

    @property
    def datasets(self) -> Path:
        return self.home / "datasets"

    @property
    def arrivals(self) -> Path:
        """Files of rows that were given and are not imported yet."""
        return self.home / "arrivals"

    @property
    def runs(self) -> Path:
        return self.home / "runs"

    @property
    def drafts(self) -> Path:
        return self.home / "drafts"
