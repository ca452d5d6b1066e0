"""A trained network that is asked by program: with rows, with a picture, of an epoch, and refused with a reason."""

import http.client
import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dl.datasets import DatasetStore
from dl.models.store import ModelStore
from dl.prediction.networks import Networks
from dl.prediction.pictures import MOST_BYTES
from dl.prediction.requests import ANSWERS, begin_upload
from dl.prediction.rows import MOST_ROWS
from dl.runs import Run
from dl.workspace import Workspace

ROW = {"age": 41, "city": "Bern", "since": "2021-03-01"}


@pytest.fixture
def workspace(trained_home: Workspace) -> Workspace:
    """What `served` serves."""
    return trained_home


@pytest.fixture
def ask(served: Any) -> Any:
    def post(run: str, body: bytes | Any, query: str = "", **headers: str) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("POST", f"/base/api/runs/{run}/predict{query}", content, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    return post


def png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def test_rows_are_answered_in_their_order(ask: Any, workspace: Workspace) -> None:
    rows = [ROW, ROW | {"age": 60}, ROW | {"city": None}]
    status, answer = ask("2", {"rows": rows})
    ready = Networks(workspace).of(Run(workspace.runs / "2"))
    expected = [ready.dataset.classes[int(each.argmax())] for each in ready.rows(rows)]
    assert status == 200 and answer["run"] == "2" and [each["answer"] for each in answer["answers"]] == expected
    assert ask("2", ROW)[1]["answers"] == answer["answers"][:1], "one row by itself"
    number = ask("3", [ROW])[1]["answers"][0]
    assert set(number) == {"answer"} and 5000 < number["answer"] < 13_000


def test_model_from_elsewhere_that_nobody_looked_at_is_none(ask: Any, workspace: Workspace) -> None:
    run = ModelStore(workspace).begin("a.keras", io.BytesIO(b"x"), "as_stored")
    status, answer = ask(run.id, b"x")
    assert (status, answer["error"]) == (404, "unknown_run"), "no light form of it is begun either"


def test_picture_is_answered_with_what_was_seen_and_what_is_alike(ask: Any, workspace: Workspace) -> None:
    data = DatasetStore(workspace).open("digits")
    own = np.asarray(data.x_test[3, ..., 0])
    ink = np.kron(own * 15, np.ones((14, 14), np.uint8)).astype(np.uint8)
    status, answer = ask("1", png(ink), "?seen=1&alike=3&steps=cut,fit")
    assert status == 200 and set(answer["seen"]) == {"drawn", "cut", "fitted", "picture"}
    assert answer["answer"] in data.description.classes and len(answer["alike"]["pictures"]) == 3
    assert set(ask("1", png(ink))[1]) == {"run", "epoch", "answer", "confidence", "probabilities"}
    bright = np.rint(own * (255 / 16)).astype(np.uint8)
    exact = ask("1", png(bright))[1]["probabilities"]
    expected = Networks(workspace).of(Run(workspace.runs / "1")).pictures(data.x_test[3:4]).answers[0]
    assert np.allclose(list(exact.values()), expected, atol=1e-5)
    assert ask("1", png(bright), "?epoch=1")[1]["probabilities"] != exact


@pytest.mark.parametrize(
    ("run", "body", "query", "status", "error", "reason"),
    [
        ("99", ROW, "", 404, "unknown_run", None),
        ("2", b"{no json", "", 400, "bad_request", None),
        ("2", [], "", 400, "bad_request", None),
        ("2", {"rows": [ROW] * (MOST_ROWS + 1)}, "", 400, "bad_request", None),
        ("2", {"rows": ["x"]}, "", 422, "bad_row", "not_a_row"),
        ("2", ROW | {"age": "old"}, "", 422, "bad_row", "not_a_number"),
        ("2", {"city": "Bern"}, "", 422, "bad_row", "missing_column"),
        ("2", ROW, "?epoch=last", 400, "bad_request", None),
        ("2", ROW, "?epoch=77", 409, "no_light_form", "epoch"),
        ("1", b"no picture", "", 422, "bad_picture", "unreadable"),
        ("1", png(np.zeros((50, 50), np.uint8)), "", 422, "bad_picture", "empty"),
        ("1", png(np.zeros((8, 8), np.uint8)), "?alike=9999", 400, "bad_request", None),
    ],
)
def test_what_cannot_be_answered_gets_a_reason(
    run: str, body: Any, query: str, status: int, error: str, reason: str | None, ask: Any
) -> None:
    found, answer = ask(run, body, query)
    assert (found, answer["error"], answer.get("reason")) == (status, error, reason)


def test_body_that_is_too_large_is_refused_before_it_is_all_read(ask: Any) -> None:
    status, answer = ask("1", b"x" * (MOST_BYTES + 1))
    assert status == 400 and answer["where"] == "body"


def test_other_origins_are_refused_and_only_posts_are_answered(ask: Any, served: Any) -> None:
    assert ask("2", ROW, Origin="http://evil.example")[0] == 403
    assert served.ask("/base/api/runs/2/predict").status == 405


def test_file_that_was_answered_is_given_back(served: Any, workspace: Workspace) -> None:
    asked = begin_upload(workspace, Run(workspace.runs / "2"), "new rows.csv", io.BytesIO(b"x"), None)
    path = f"/base/api/answers/{asked.id}.csv"
    assert served.ask(path).status == 404, "not yet"
    (asked.folder / ANSWERS).write_text("age\r\n1\r\n")
    answer = served.ask(path)
    assert answer.status == 200 and answer.read() == b"age\r\n1\r\n"
    assert "new%20rows-answers.csv" in answer.headers["Content-Disposition"]
    for other in ("0123456789abcdef", "..%2F..%2Fruns", asked.id.upper() + "x"):
        assert served.ask(f"/base/api/answers/{other}.csv").status == 404
    assert served.ask(path, Origin="http://evil.example").status == 403
