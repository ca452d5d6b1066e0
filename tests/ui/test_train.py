"""Train: pausing and changing the learning rate, and what the page tells of it."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dl.files import write_atomically
from dl.runs import Run
from dl.runs.changes import append_change
from dl.runs.engine import Engine
from dl.specs import RunSpec

OpenPage = Callable[..., AppTest]
ReadBoard = Callable[[AppTest], dict[str, Any]]
FakeRun = Callable[..., Run]
SpecOf = Callable[..., RunSpec]


def texts(app: AppTest) -> str:
    kinds = ("caption", "markdown", "error", "info", "success")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


ACTIONS = {
    "QUEUED": {"train_stop"},
    "RUNNING": {"train_pause", "train_stop"},
    "PAUSED": {"train_stop", "train_resume"},
    "INTERRUPTED": {"train_again", "train_resume"},
    "FINISHED": {"train_evaluate", "train_again"},
    "STOPPED": {"train_evaluate", "train_again"},
    "FAILED": {"train_again"},
}


@pytest.mark.parametrize("state", ACTIONS)
def test_each_state_offers_what_can_be_done(state: str, open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run(state)
    app = open_app("train", run=run.id)
    possible = set.union(*ACTIONS.values())
    assert not app.exception
    assert {button.key for button in app.button} & possible == ACTIONS[state]


def test_pause_is_a_wish_that_can_be_taken_back(open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    run = fake_run("RUNNING")
    app = open_app("train", run=run.id)
    app.button(key="train_pause").click().run()
    assert run.requested_at("pause") is not None and board(app)["first"]["wish"] == "pause"
    app.button(key="train_resume").click().run()
    assert run.requested_at("pause") is None and app.button(key="train_pause")


@pytest.mark.parametrize("state", ["PAUSED", "INTERRUPTED"])
def test_resume_queues_the_same_run_again(state: str, open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    run = fake_run(state)
    app = open_app("train", run=run.id)
    app.button(key="train_resume").click().run()
    assert (run.status().state, run.status().attempt) == ("QUEUED", 2)
    shown = board(app)
    assert (shown["first"]["state"], shown["first"]["attempt"], shown["queue"]) == ("QUEUED", 2, [run.id])


def test_paused_run_tells_where_it_stands(open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    run = fake_run("PAUSED", epochs=2, seconds_before=60.0)
    first = board(open_app("train", run=run.id))["first"]
    assert (first["state"], first["step"], first["steps"]) == ("PAUSED", 24, 60)
    assert first["elapsed"] == pytest.approx(70, abs=0.1)


def test_stop_of_a_paused_run_ends_it_with_its_network(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run("PAUSED")
    open_app("train", run=run.id).button(key="train_stop").click().run()
    assert run.status().state == "QUEUED" and run.requested_at("stop") is not None


def test_cancelled_resumption_is_a_pause_again(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run("PAUSED")
    app = open_app("train", run=run.id)
    app.button(key="train_resume").click().run()
    app.button(key="train_stop").click().run()
    assert run.status().state == "PAUSED" and not app.exception


@pytest.mark.parametrize("state", ["RUNNING", "PAUSED"])
def test_new_learning_rate_is_asked_for(state: str, open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    run = fake_run(state, learning_rate=0.001)
    app = open_app("train", run=run.id)
    app.text_input(key=f"train_learning_rate_{run.id}").set_value("0.0002")
    app.button(key="train_learning_rate_apply").click().run()
    assert run.learning_rate_requested() == 0.0002
    assert board(app)["first"]["learning_rate_wished"] == 0.0002 and not app.error
    assert not app.session_state[f"train_learning_rate_open_{run.id}"], "the popover closes"


@pytest.mark.parametrize(
    ("rate", "words"), [("0", "greater than 0"), ("-1", "greater than 0"), ("500", "100"), ("much", "not a number")]
)
def test_bad_learning_rate_gives_a_sentence(rate: str, words: str, open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", learning_rate=0.001)
    app = open_app("train", run=run.id)
    app.text_input(key=f"train_learning_rate_{run.id}").set_value(rate)
    app.button(key="train_learning_rate_apply").click().run()
    assert words in app.error[0].value and len(app.error) == 1
    assert run.learning_rate_requested() is None


def test_changes_of_the_learning_rate_are_handed_on(open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    run = fake_run(learning_rate=0.00025)
    for step, rate, by in ((5, 0.004, "user"), (10, 0.002, "user"), (20, 0.0005, "user"), (24, 0.00025, "plateau")):
        append_change(run.folder, step, rate, by)
    told = board(open_app("train", run=run.id))["events"][run.id]["changes"]
    assert [(change["step"], change["learning_rate"], change["by"]) for change in told] == [
        (5, 0.004, "user"),
        (10, 0.002, "user"),
        (20, 0.0005, "user"),
        (24, 0.00025, "plateau"),
    ]


ENGINES = {
    "measured": (Engine(compiler="xla", reason="measured", graph_seconds=3e-4, xla_seconds=1e-4), "3.0 times faster"),
    "remembered": (
        Engine(compiler="graph", reason="remembered", graph_seconds=1e-4, xla_seconds=2e-4),
        "An earlier run",
    ),
    "known": (Engine(compiler="graph", reason="known"), "nothing had to be tried"),
    "too_short": (Engine(compiler="graph", reason="too_short", graph_seconds=1e-4), "too short for a trial"),
    "not_compilable": (Engine(compiler="graph", reason="not_compilable", graph_seconds=1e-4), "cannot compile"),
    "remembered_refusal": (Engine(compiler="graph", reason="remembered", graph_seconds=1e-4), "cannot compile"),
}


@pytest.mark.parametrize(("engine", "words"), ENGINES.values(), ids=ENGINES)
def test_engine_is_told_in_words(engine: Engine, words: str, open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", steps_per_call=70, steps_per_second=2000.0)
    write_atomically(run.folder / "engine.json", engine.model_dump_json().encode())
    said = texts(open_app("train", run=run.id))
    assert words in said and "70 steps to a call" in said and "500 µs a step" in said


def test_choice_of_the_engine_is_told(open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    shown = board(open_app("train", run=fake_run("RUNNING", phase="choosing").id))
    assert "which way of computing is fastest" in shown["words"][f"phase_{shown['first']['phase']}"]


def test_full_disk_is_told_with_a_way_on(open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    run = fake_run("INTERRUPTED", fault={"code": "disk_full", "facts": {}})
    app = open_app("train", run=run.id)
    told = board(app)["result"]
    assert "Free some space, then press Resume" in told["text"] and told["tone"] == "wrong"
    assert app.button(key="train_resume")


def test_paused_run_elsewhere(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run("PAUSED", fit_seconds=None)
    home, evaluate = open_app("home"), open_app("evaluate", run=run.id)
    assert "Paused" in texts(home) and "10 s" in texts(home)
    assert f"Run #{run.id} is paused" in texts(evaluate) and not evaluate.exception


def test_further_metric_has_its_chart_its_number_and_its_columns(
    open_app: OpenPage, fake_run: FakeRun, board: ReadBoard, digits_spec: SpecOf
) -> None:
    run = fake_run("RUNNING", spec=digits_spec(metrics=("accuracy", "top_5_accuracy")))
    app = open_app("train", run=run.id)
    assert not app.exception
    assert [head.value for head in app.header][:3] == ["Loss", "Accuracy", "Top-5 accuracy"]
    shown, share = board(app), run.epochs()[-1]["val_top_5_accuracy"]
    assert [score["name"] for score in shown["scores"]] == ["val_accuracy", "val_top_5_accuracy", "val_loss"]
    assert shown["labels"]["val_top_5_accuracy"] == "Validation top-5 accuracy"
    assert shown["first"]["scores"]["val_top_5_accuracy"] == pytest.approx(share, rel=1e-5)
    table = open_app("home", runs="all").dataframe[0].value
    assert table["val_top_5_accuracy"][0] == pytest.approx(100 * share)
