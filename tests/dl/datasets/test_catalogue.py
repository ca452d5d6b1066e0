"""The catalogue is complete, and looking into it is cheap."""

import re
import subprocess
import sys

import pytest

from dl.datasets.catalogue import BUILTINS, Builtin, builtin
from dl.errors import UnknownDataset


def test_every_set_is_found_when_asked_for_by_its_id() -> None:
    assert [builtin(known.id) for known in BUILTINS] == list(BUILTINS)
    assert [known.id for known in BUILTINS] == [
        "mnist",
        "fashion_mnist",
        "cifar10",
        "mnist_sample",
        "digits",
        "diabetes",
    ]


@pytest.mark.parametrize("known", BUILTINS, ids=lambda known: known.id)
def test_every_archive_can_be_checked_when_downloaded(known: Builtin) -> None:
    for archive in known.archives:
        hashes = [archive.sha256] if archive.sha256 else [value for _, value in archive.array_sha256]
        assert hashes and all(re.fullmatch("[0-9a-f]{64}", value) for value in hashes)
        assert re.fullmatch(r"[\w.-]+", archive.name) and archive.bytes > 0


def test_download_is_nothing_when_a_package_ships_the_set() -> None:
    sizes = {known.id: known.download_bytes for known in BUILTINS}
    assert sizes["mnist_sample"] == sizes["digits"] == 0
    assert sizes["fashion_mnist"] == 30_878_645 and sizes["cifar10"] == 170_052_171


def test_unknown_name_lists_the_known_ones_when_asked_for() -> None:
    with pytest.raises(UnknownDataset) as caught:
        builtin("imagenet")
    assert caught.value.facts["dataset"] == "imagenet" and "mnist" in caught.value.facts["known"]


def test_nothing_heavy_is_imported_when_the_package_is() -> None:
    program = "import sys, dl.datasets; print({'mlxtend', 'sklearn', 'pandas', 'tensorflow'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"
