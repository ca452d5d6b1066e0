"""Explore: the data set of the URL is shown, filtered and got, and nothing is fetched unasked over the network."""

import base64
import io
import shutil
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dl.datasets import DatasetStore
from dl.jobs.imports import ImportJobs, ImportStatus, write_status
from dl.workspace import Workspace
from ui.explore.contents import _binned
from ui.shared.datasets import class_names
from ui.shared.gallery import brightened, drawing
from ui.text import catalogue

OpenPage = Callable[..., AppTest]


def leave_status(workspace: Workspace, status: ImportStatus) -> None:
    write_status(workspace, status)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The imports that were asked for; none of them runs."""
    asked: list[str] = []

    def start(jobs: Any, dataset_id: str) -> None:
        asked.append(dataset_id)
        leave_status(jobs._workspace, ImportStatus(dataset=dataset_id, state="running", done=1, total=4))

    monkeypatch.setattr(ImportJobs, "start", start)
    return asked


def words(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning", "header")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


def pictures(app: AppTest) -> list[Any]:
    """The gallery's pictures with their captions and alternative texts."""
    return [image for element in app.get("image") for image in element.proto.imgs]


def test_first_screen_shows_classes_pictures_and_the_split(open_app: OpenPage) -> None:
    app = open_app("explore", dataset="digits")
    assert not app.exception
    assert "1,797 pictures · 8×8 grey · 10 classes" in words(app)
    assert len(pictures(app)) == 24 and len(app.get("plotly_chart")) == 2
    assert "**1,437** pictures" in words(app)


def test_class_of_the_url_filters_the_gallery(open_app: OpenPage, workspace: Workspace) -> None:
    app = open_app("explore", dataset="digits", split="test", **{"class": "7"})
    count = int(np.sum(DatasetStore(workspace).open("digits").y_test == 7))
    assert {image.caption for image in pictures(app)} == {"7"}
    assert f"**{count}** pictures of **7**" in words(app)
    assert app.selectbox(key="explore_class").value == 7


def test_gallery_turns_the_page_of_the_url(open_app: OpenPage) -> None:
    first, second = open_app("explore", dataset="digits"), open_app("explore", dataset="digits", page="2")
    assert pictures(second)[0].alt == "Picture 24: " + pictures(second)[0].caption
    assert {image.alt for image in pictures(first)}.isdisjoint(image.alt for image in pictures(second))


@pytest.mark.parametrize("query", [{"class": "10"}, {"class": "-1"}, {"class": "x"}, {"page": "0"}, {"page": "9" * 12}])
def test_nonsense_in_the_url_counts_as_not_there(query: dict[str, str], open_app: OpenPage) -> None:
    app = open_app("explore", dataset="digits", **query)
    assert not app.exception and "**1,437** pictures" in words(app)


def test_choosing_a_class_goes_into_the_url_and_back_to_page_one(open_app: OpenPage) -> None:
    app = open_app("explore", dataset="digits", page="3")
    app.selectbox(key="explore_class").set_value(4).run()
    assert app.query_params["class"] == "4" and "page" not in app.query_params
    assert {image.caption for image in pictures(app)} == {"4"}


def test_unknown_dataset_in_the_url_gives_a_sentence_and_the_choice(open_app: OpenPage) -> None:
    app = open_app("explore", dataset="../../etc")
    assert not app.exception
    assert "one of these: MNIST, Fashion-MNIST, CIFAR-10, MNIST sample, Digits 8×8, Iris," in app.error[0].value
    assert app.button(key="explore_use").disabled
    app.selectbox(key="explore_dataset").set_value("digits").run()
    assert not app.error and pictures(app)


def test_first_visit_says_that_it_is_not_mnist(open_app: OpenPage) -> None:
    app = open_app("explore")
    assert "MNIST is not on this computer yet, so this is **Digits 8×8**" in app.info[0].value
    assert pictures(app)


def test_packaged_default_is_prepared_unasked(open_app: OpenPage, workspace: Workspace, started: list[str]) -> None:
    shutil.rmtree(workspace.datasets)
    app = open_app("explore")
    assert started == ["mnist_sample"]
    assert "Getting MNIST sample" in words(app) and not app.exception


def test_download_waits_for_the_button(open_app: OpenPage, started: list[str]) -> None:
    app = open_app("explore", dataset="mnist")
    assert started == [] and app.button(key="explore_use").disabled
    assert app.button(key="import_start").label == "Download (11.5 MB)"
    app.button(key="import_start").click().run()
    assert started == ["mnist"] and "Getting MNIST" in words(app)


def test_packaged_choice_is_prepared_unasked(open_app: OpenPage, started: list[str]) -> None:
    app = open_app("explore", dataset="mnist")
    app.selectbox(key="explore_dataset").set_value("mnist_sample").run()
    assert started == ["mnist_sample"]
    assert "Getting MNIST sample" in words(app) and not app.exception


def test_failed_download_says_why_and_offers_two_ways_on(
    open_app: OpenPage, workspace: Workspace, started: list[str]
) -> None:
    facts = {"reason": "hash", "url": "", "detail": "", "dataset": "cifar10"}
    leave_status(workspace, ImportStatus(dataset="cifar10", state="failed", code="download_failed", facts=facts))
    app = open_app("explore", dataset="cifar10")
    assert "not the expected file" in app.error[0].value
    app.button(key="import_sample").click().run()
    assert started == ["mnist_sample"] and app.query_params["dataset"] == "mnist_sample"


def test_failed_download_can_be_tried_again(open_app: OpenPage, workspace: Workspace, started: list[str]) -> None:
    leave_status(workspace, ImportStatus(dataset="cifar10", state="failed", code="import_interrupted"))
    open_app("explore", dataset="cifar10").button(key="import_again").click().run()
    assert started == ["cifar10"]


def test_damaged_dataset_can_be_got_again(open_app: OpenPage, workspace: Workspace, started: list[str]) -> None:
    (workspace.datasets / "digits" / "x_train.npy").write_bytes(b"torn")
    app = open_app("explore", dataset="digits")
    assert "damaged" in app.error[0].value and not app.exception
    app.button(key="import_start").click().run()
    assert started == ["digits"]


def test_use_this_data_is_remembered_for_the_next_page(open_app: OpenPage) -> None:
    app = open_app("explore", dataset="digits")
    app.button(key="explore_use").click().run()
    assert app.session_state["session"].choices["dataset"] == "digits"
    assert not app.exception


def test_pictures_are_there_when_the_import_is_done(open_app: OpenPage, workspace: Workspace) -> None:
    shutil.rmtree(workspace.datasets / "digits")
    app = open_app("explore", dataset="digits")
    assert not pictures(app)
    DatasetStore(workspace).bring("digits")
    assert DatasetStore(workspace).is_here("digits") and pictures(app.run())


def test_classes_of_clothes_have_chinese_names_and_digits_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from dl.datasets.catalogue import BUILTINS

    monkeypatch.setattr("ui.text.language", lambda: "zh")
    assert class_names(BUILTINS["fashion_mnist"])[9] == catalogue("zh")["dataset.fashion_mnist_class_9"] == "短靴"
    assert class_names(BUILTINS["digits"]) == list("0123456789")


def test_values_are_brightened_to_the_whole_range() -> None:
    picture = np.array([[[0], [16]], [[8], [4]]], np.uint8)
    assert brightened(picture, (0, 16)).ravel().tolist() == [0, 255, 127, 63]


def test_drawing_is_large_and_holds_the_picture_as_it_is() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(4, 3, 1)
    root = ElementTree.fromstring(drawing(picture))
    assert (root.get("width"), root.get("height")) == ("630", "840")
    sent = base64.b64decode(str(root[0].get("href")).partition("base64,")[2])
    assert (np.asarray(Image.open(io.BytesIO(sent))) == picture[..., 0]).all()


@pytest.mark.parametrize(("values", "bins"), [(256, 32), (17, 17), (33, 17), (1, 1)])
def test_bins_hold_every_pixel(values: int, bins: int) -> None:
    counts, edges = _binned(np.arange(values), np.ones(values, np.int64))
    assert counts.sum() == values and len(counts) == bins and len(edges) == bins + 1
