"""One list of packages, told three times: to the app, to a machine with a GPU, and to Streamlit Community Cloud."""

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
MACHINES = [
    ("x86_64", "tensorflow-cpu"),
    ("AMD64", "tensorflow-cpu"),
    ("arm64", "tensorflow"),
    ("aarch64", "tensorflow"),
]


def requirements(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-r "))]


def others(name: str) -> set[str]:
    return {str(one) for one in requirements(name) if not one.name.startswith("tensorflow")}


def test_gpu_list_differs_only_in_tensorflow() -> None:
    assert others("requirements-gpu.txt") == others("requirements.txt")


def test_tensorflow_is_the_same_version_with_and_without_gpu() -> None:
    lists = requirements("requirements-gpu.txt") + requirements("requirements.txt")
    assert len({str(one.specifier) for one in lists if one.name.startswith("tensorflow")}) == 1


@pytest.mark.parametrize(("machine", "package"), MACHINES)
def test_one_tensorflow_is_chosen_for_each_machine(machine: str, package: str) -> None:
    chosen = [one.name for one in requirements("requirements.txt") if one.name.startswith("tensorflow")]
    fitting = [
        one.name
        for one in requirements("requirements.txt")
        if one.name in chosen and one.marker is not None and one.marker.evaluate({"platform_machine": machine})
    ]
    assert fitting == [package]


def test_installed_versions_are_the_required_ones() -> None:
    wanted = [one for one in requirements("requirements.txt") if one.marker is None or one.marker.evaluate()]
    assert [str(one) for one in wanted if version(one.name) not in one.specifier] == []


def test_community_cloud_finds_one_list_of_dependencies() -> None:
    rivals = ["uv.lock", "Pipfile", "Pipfile.lock", "environment.yml", "environment.yaml", "poetry.lock"]
    assert [name for name in rivals if (ROOT / name).exists()] == []
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(settings) == {"tool"}
    assert "poetry" not in settings["tool"]
