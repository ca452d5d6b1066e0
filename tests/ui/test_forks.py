"""Train: the saved epochs of a run, what is forked from them, and where a run comes from."""

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dl.runs import Run, RunStore
from dl.runs.changes import append_change
from dl.runs.checkpoints import Snapshot
from dl.specs import Fork, RunSpec
from dl.workspace import Workspace
from ui.train.saved_epochs import saved_epochs

OpenPage = Callable[..., AppTest]
ReadBoard = Callable[[AppTest], dict[str, Any]]
FakeRun = Callable[..., Run]
SpecOf = Callable[..., RunSpec]


def runs_of(workspace: Workspace) -> list[Run]:
    return RunStore(workspace.runs).list()


def test_fork_goes_on_from_the_saved_epoch(open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace) -> None:
    parent = fake_run(checkpoints=[1, 2, 3])
    app = open_app("train", run=parent.id)
    app.selectbox(key=f"train_saved_{parent.id}").set_value(2).run()
    app.button(key="train_fork").click().run()
    app.text_input(key=f"train_fork_{parent.id}_2_Adam_learning_rate").set_value("0.0001")
    app.text_input(key=f"train_fork_{parent.id}_2_epochs").set_value("7")
    app.button(key="train_fork_start").click().run()
    fork, _ = runs_of(quiet_server)
    assert fork.spec().fork == Fork(run=parent.id, epoch=2, step=24)
    assert [point.path.name for point in fork.checkpoints.list()] == [parent.checkpoints.list()[1].path.name]
    assert fork.spec().training.epochs == 7 and fork.spec().training.optimizer.learning_rate == 0.0001
    assert fork.spec().model == parent.spec().model and fork.status().state == "QUEUED"


@pytest.mark.parametrize("state", ["FINISHED", "FAILED"])
def test_fork_that_is_trained_again_begins_at_the_same_saved_epoch(
    state: str, open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace, digits_spec: SpecOf
) -> None:
    spec = digits_spec(epochs=7).model_copy(update={"fork": Fork(run="1", epoch=2, step=24)})
    shutil.rmtree(fake_run().folder)  # its parent
    fork = fake_run(state, spec=spec)
    open_app("train", run=fork.id).button(key="train_again").click().run()
    again, *_ = runs_of(quiet_server)
    assert again != fork and again.spec() == fork.spec() and again.status().state == "QUEUED"
    (begin,), kept = again.checkpoints.list(), fork.checkpoints.list()[0]
    assert (begin.path.name, begin.content()) == (kept.path.name, kept.content())


@pytest.mark.parametrize(
    ("locale", "words"), [("en-US", "epoch 2 (step 24) of run #1"), ("zh-CN", "训练 #1 的第 2 轮")]
)
def test_fork_whose_saved_epoch_is_gone_is_not_trained_again_but_says_so(
    locale: str, words: str, open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace, digits_spec: SpecOf
) -> None:
    spec = digits_spec(epochs=7).model_copy(update={"fork": Fork(run="1", epoch=2, step=24)})
    fork = fake_run("FAILED", spec=spec)
    shutil.rmtree(fork.folder / "checkpoints")
    app = open_app("train", locale, run=fork.id)
    app.button(key="train_again").click().run()
    assert words in app.error[0].value and not app.exception
    assert runs_of(quiet_server) == [fork]


def test_fork_with_another_optimizer_brings_its_learning_rate(
    open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace
) -> None:
    parent = fake_run(checkpoints=[1])
    app = open_app("train", run=parent.id)
    app.button(key="train_fork").click().run()
    choice = app.selectbox(key=f"train_fork_{parent.id}_1_optimizer")
    assert "GradientDescent" not in choice.options  # whose steps are epochs
    choice.set_value("SGD").run()
    app.button(key="train_fork_start").click().run()
    assert runs_of(quiet_server)[0].spec().training.optimizer.model_dump() == {"type": "SGD", "learning_rate": 0.01}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("epochs", "2", "more than 2"), ("Adam_learning_rate", "0", "greater"), ("epochs", "many", "not a number")],
)
def test_fork_that_cannot_work_says_why(
    field: str, value: str, words: str, open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace
) -> None:
    parent = fake_run(checkpoints=[2])
    app = open_app("train", run=parent.id)
    app.button(key="train_fork").click().run()
    app.text_input(key=f"train_fork_{parent.id}_2_{field}").set_value(value)
    app.button(key="train_fork_start").click().run()
    assert words in app.error[0].value and app.button(key="train_fork_start").disabled
    assert runs_of(quiet_server) == [parent]


def test_fork_begins_with_the_learning_rate_of_its_epoch(open_app: OpenPage, fake_run: FakeRun) -> None:
    parent = fake_run(checkpoints=[1, 2])
    append_change(parent.folder, 20, 0.0005, "user")
    append_change(parent.folder, 30, 0.0001, "user")
    app = open_app("train", run=parent.id)
    app.selectbox(key=f"train_saved_{parent.id}").set_value(2).run()
    app.button(key="train_fork").click().run()
    assert app.text_input(key=f"train_fork_{parent.id}_2_Adam_learning_rate").value == "0.0005"


def test_saved_epoch_that_is_gone_gives_a_sentence(
    open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace
) -> None:
    parent = fake_run(checkpoints=[1])
    app = open_app("train", run=parent.id)
    app.button(key="train_fork").click().run()
    shutil.rmtree(parent.folder / "checkpoints")
    app.run()
    assert "no longer there" in app.error[0].value and not app.exception
    assert runs_of(quiet_server) == [parent]


def test_saved_epoch_can_be_evaluated(
    open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace, digits_spec: SpecOf
) -> None:
    """As a fork with nothing left to train, whatever the schedule would want."""
    schedule = {"type": "CosineDecay", "warmup_epochs": 3}
    parent = fake_run("RUNNING", spec=digits_spec(learning_rate_schedule=schedule), checkpoints=[1])
    app = open_app("train", run=parent.id)
    app.button(key="train_evaluate_epoch").click().run()
    fork = runs_of(quiet_server)[0].spec()
    assert fork.fork == Fork(run=parent.id, epoch=1, step=12)
    assert fork.training.epochs == 1 and fork.training.learning_rate_schedule is None


def test_best_saved_epoch_has_the_lowest_validation_loss(fake_run: FakeRun) -> None:
    run = fake_run(epochs=4, checkpoints=[1, 3, 4])
    assert [(saved.epoch, saved.best) for saved in saved_epochs(run)] == [(1, False), (3, False), (4, True)]


def test_choice_follows_the_best_epoch_until_another_is_chosen(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=4, checkpoints=[1, 2])
    app, key = open_app("train", run=run.id), f"train_saved_{run.id}"
    assert app.selectbox(key=key).value == 2
    run.checkpoints.write(Snapshot({}, {}), 36, 3, within=False)
    assert app.run().selectbox(key=key).value == 3
    app.selectbox(key=key).set_value(1).run()
    run.checkpoints.write(Snapshot({}, {}), 48, 4, within=False)
    assert app.run().selectbox(key=key).value == 1


def test_lineage_leads_to_parents_and_forks(
    open_app: OpenPage, fake_run: FakeRun, digits_spec: SpecOf, board: ReadBoard
) -> None:
    def forked(parent: Run) -> Run:
        return fake_run(spec=digits_spec().model_copy(update={"fork": Fork(run=parent.id, epoch=1, step=12)}))

    first = fake_run()
    second = forked(first)
    third = forked(second)
    app = open_app("train", run=second.id)
    links = [button for button in app.button if button.key.startswith("train_lineage")]
    assert [link.label for link in links] == [
        f"Forked from #{first.id} after epoch 1 (step 12)",
        f"Fork #{third.id}",
    ]
    links[1].click().run()
    assert app.query_params["run"] == third.id and "since the fork" in board(app)["result"]["text"]
    assert app.button(key=f"train_lineage_{first.id}")  # the ancestor of the ancestor
    shutil.rmtree(first.folder)
    app.run()
    assert not app.exception and app.button(key=f"train_lineage_{first.id}").disabled
