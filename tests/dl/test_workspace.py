"""Where things lie follows from the environment and from what is passed in."""

from pathlib import Path

from dl.workspace import Workspace


def test_home_is_the_users_when_the_environment_says_nothing() -> None:
    workspace = Workspace.from_environment({})
    assert workspace.home == Path.home() / ".livefit"
    assert workspace.downloads == workspace.home / "downloads"


def test_environment_names_home_and_downloads() -> None:
    workspace = Workspace.from_environment({"LIVEFIT_HOME": "/a", "LIVEFIT_DOWNLOADS": "~/b"})
    assert (workspace.home, workspace.downloads) == (Path("/a").absolute(), Path.home() / "b")
    assert (workspace.datasets, workspace.runs) == (workspace.home / "datasets", workspace.home / "runs")


def test_home_that_is_passed_in_wins_and_is_made_absolute(tmp_path: Path) -> None:
    assert Workspace.from_environment({"LIVEFIT_HOME": "/a"}, tmp_path).home == tmp_path
    assert Workspace.from_environment({"LIVEFIT_HOME": ""}, "here").home == Path("here").absolute()
