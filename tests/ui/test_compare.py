"""Several runs side by side: what differs, whether it is real, and what another seed makes of it."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dl.runs import Run, RunStore
from dl.runs.differences import differing_settings
from dl.specs import Fork, RunSpec
from dl.specs.presets import default_spec
from dl.workspace import Workspace

OpenPage = Callable[..., AppTest]
FakeRun = Callable[..., Run]
Build = Callable[..., RunSpec]


def words(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "warning", "error", "header")
    return "\n".join(str(part.value) for kind in kinds for part in app.get(kind))


def answer(run: Run, right: np.ndarray) -> None:
    """So that of its test rows these are right, and every other one is one class further."""
    found = run.predictions()
    assert found
    said = np.where(right, found.targets, (found.targets + 1) % 10)
    np.save(run.folder / "predictions" / "test_outputs.npy", (np.eye(10)[said] * 0.9 + 0.01).astype(np.float32))


@pytest.fixture
def runs(fake_run: FakeRun, digits_spec: Build) -> list[Run]:
    """Three: the first two on the same network with other rates, of which the second is right more often."""
    made = [
        fake_run(spec=digits_spec(epochs=3), reached={"accuracy": 0.90}),
        fake_run(spec=digits_spec(epochs=5, batch_size=64), reached={"accuracy": 0.95}),
        fake_run(spec=digits_spec("convolutional"), reached={"accuracy": 0.5}),
    ]
    rows = np.arange(360)
    for run, wrong in zip(made, (rows < 36, (rows >= 30) & (rows < 48), rows < 180), strict=True):
        answer(run, ~wrong)
    return made


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_comparison_opens_in_both_languages(locale: str, open_app: OpenPage, runs: list[Run]) -> None:
    app = open_app("evaluate", locale, compare="1,2,3")
    assert not app.exception and not app.error and len(app.get("plotly_chart")) == 2


def test_table_has_what_differs_and_nothing_else(open_app: OpenPage, runs: list[Run]) -> None:
    table = open_app("evaluate", compare="1,2").dataframe[0].value
    assert {"training.epochs", "training.batch_size"} <= set(table.columns)
    assert not {"training.seed", "data.dataset", "network"} & set(table.columns)
    assert table["test_accuracy"].tolist() == [90, 95] and table["run"].tolist() == [1, 2]
    assert "network" in open_app("evaluate", compare="1,3").dataframe[0].value.columns


def test_difference_that_is_real_is_said_with_its_number_and_the_best_come_first(
    open_app: OpenPage, runs: list[Run]
) -> None:
    app = open_app("evaluate", compare="1,2,3")
    text = words(app)  # 2 is right on 30 that 1 has wrong, and 1 on 12 that 2 has wrong
    assert "**Yes.** \\#2 · Digits" in text and "by 5.00 %" in text and "probability of 0.0079" in text
    assert [box.value for box in app.selectbox] == ["2", "1"]
    says = app.segmented_control(key="compare_side").options
    assert says == ["Only the first is right: 30", "Only the second is right: 12"]
    app.segmented_control(key="compare_side").set_value("second").run()
    assert app.query_params["side"] == "second" and not app.exception


def test_other_pair_is_in_the_url_and_one_by_chance_says_how_many_it_would_take(
    open_app: OpenPage, runs: list[Run]
) -> None:
    answer(runs[1], np.arange(360) >= 40)
    app = open_app("evaluate", compare="1,2,3", pair="1-2")
    assert "**Not shown.**" in words(app) and "further test examples" in words(app)
    app.selectbox(key="compare_second").set_value("3").run()
    assert app.query_params["pair"] == "1-3" and "**Yes.**" in words(app)


def test_runs_on_other_rows_are_listed_and_not_compared_one_by_one(open_app: OpenPage, runs: list[Run]) -> None:
    np.save(runs[1].folder / "predictions" / "test_targets.npy", np.zeros(360, np.int64))
    app = open_app("evaluate", compare="1,2")
    assert "not asked about the same examples" in words(app) and len(app.dataframe[0].value) == 2


def test_comparison_is_entered_from_a_run_changed_and_left(open_app: OpenPage, runs: list[Run]) -> None:
    app = open_app("evaluate", run="1")
    app.button(key="evaluate_compare").click().run()
    assert app.query_params["compare"] == "1,3,2"
    app.multiselect(key="compare_runs").set_value(["1"]).run()
    assert app.query_params["compare"] == "1" and "two runs or more" in words(app) and not app.exception
    app.button(key="compare_close").click().run()
    assert "compare" not in app.query_params and app.selectbox(key="evaluate_run").value == "1"


@pytest.mark.parametrize("wanted", ["-", "99", "1,99,nonsense", "1,1"])
def test_url_that_names_what_is_not_there_does_no_harm(wanted: str, open_app: OpenPage, runs: list[Run]) -> None:
    app = open_app("evaluate", compare=wanted)
    assert "two runs or more" in words(app) and not app.exception


def test_repeating_queues_the_seeds_that_are_missing_under_one_name(
    open_app: OpenPage, runs: list[Run], quiet_server: Workspace
) -> None:
    app = open_app("evaluate", compare="1,2")
    assert words(app).count("trained with one seed so far") == 2
    app.button(key="compare_repeat_1").click().run()
    made = [run for run in RunStore(quiet_server.runs).list() if run.id not in "123"]
    assert len(made) == 4 and len({run.spec().training.seed for run in (*made, runs[0])}) == 5
    assert all("seed" in run.label().name and run.spec().model == runs[0].spec().model for run in made)
    assert "1 of 5 done" in words(app) and "compare_repeat_1" not in [button.key for button in app.button]


def test_menu_of_a_run_repeats_it_and_says_why_one_cannot_be(
    open_app: OpenPage, fake_run: FakeRun, digits_spec: Build, quiet_server: Workspace
) -> None:
    fake_run(), fake_run(spec=digits_spec().model_copy(update={"fork": Fork(run="1", epoch=1, step=12)}))
    app = open_app("evaluate", run="2")
    next(button for button in app.button if str(button.key).endswith("_seeds")).click().run()
    assert "goes on from a saved epoch of another run" in words(app) and not app.exception
    app = open_app("evaluate", run="1")
    next(button for button in app.button if str(button.key).endswith("_seeds")).click().run()
    assert not app.exception and len(RunStore(quiet_server.runs).list()) == 2 + 4


def test_seeds_that_are_done_are_a_mean_with_its_spread_and_one_band(
    open_app: OpenPage, fake_run: FakeRun, digits_spec: Build
) -> None:
    for seed, accuracy in enumerate((0.90, 0.92, 0.94)):
        fake_run(spec=digits_spec(seed=seed), reached={"accuracy": accuracy})
    app = open_app("evaluate", compare="1,2,3")
    assert "**92.0 % ± 2.0 %** over 3 seeds" in words(app)
    curves = json.loads(app.get("plotly_chart")[-1].proto.spec)["data"]
    assert len(curves) == 2 and curves[0]["fill"] == "toself" and "mean of 3 seeds" in curves[1]["name"]


def test_settings_of_layers_are_compared_one_by_one_where_the_kinds_are_the_same(digits: Any) -> None:
    spec = default_spec(digits)
    layers = list(spec.model.layers)
    place = next(at for at, layer in enumerate(layers) if layer.type == "Dense")
    layers[place] = layers[place].model_copy(update={"units": 7})
    other = spec.model_copy(update={"model": spec.model.model_copy(update={"layers": tuple(layers)})})
    first, second = differing_settings([spec, other])
    assert set(first) == {f"layers.{place + 1}.units"} and second[f"layers.{place + 1}.units"] == 7
