"""Configure for a table: its columns in front of the layers, presets and checks, and what is counted of its rows."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from dl.datasets import Category, Dataset, Number
from dl.drafts import DraftStore
from dl.specs import RunSpec
from dl.specs.presets import default_spec
from dl.workspace import Workspace

OpenPage = Callable[..., AppTest]
Make = Callable[..., Dataset]
ROWS = 90
RANDOM = np.random.default_rng(5)
SIZE, PLACE = RANDOM.normal(size=ROWS), RANDOM.choice(["north", "*south*", "west"], ROWS)
YES = Category(name="answer", levels=("no", "yes"))
PRICE = Number(name="price", unit="EUR")
FEATURES = (Number(name="size"), Number(name="weight"), Category(name="place"))


@pytest.fixture
def made(quiet_server: Workspace) -> Make:
    """A table on disk whose target is this column; made again, it is as somebody has changed it."""

    def make(target: Category | Number = YES) -> Dataset:
        folder = quiet_server.datasets / "made"
        folder.mkdir(exist_ok=True)
        answer = np.where(SIZE > 0, "yes", "no") if isinstance(target, Category) else 100 + 10 * SIZE
        weight = np.where(SIZE > 1, np.nan, SIZE + 2)
        stored = {"c0": SIZE, "c1": pa.array(weight, from_pandas=True), "c2": PLACE, "c3": answer}
        pq.write_table(pa.table({**stored, "line": np.arange(2, ROWS + 2)}), folder / "rows.parquet")
        np.save(folder / "test_rows.npy", np.arange(0, ROWS, 3))
        columns = [*FEATURES, target.model_copy(update={"role": "target"})]
        columns = [column.model_copy(update={"field": f"c{place}"}) for place, column in enumerate(columns)]
        about = {
            "id": "made",
            "name": "Made",
            "source": "",
            "licence": "",
            "fingerprint": "f",
            "origin": {"file": "m.csv"},
        }
        dataset = Dataset(columns=columns, rows={"train": 60, "test": 30}, **about)
        (folder / "dataset.json").write_text(dataset.model_dump_json())
        return dataset

    return make


def draft_of(app: AppTest, workspace: Workspace) -> RunSpec:
    return DraftStore(workspace.drafts).read(str(app.query_params["draft"]))


def errors(app: AppTest) -> list[str]:
    assert not app.exception
    return [str(error.value) for error in app.error]


def cure(app: AppTest) -> AppTest:
    return app.button(key="configure_cure_error_0").click().run()


def choose(app: AppTest, preset: str) -> AppTest:
    (pills,) = [group for group in app.button_group if str(group.key).startswith("configure_preset_")]
    return pills.set_value(preset).run()


@pytest.mark.parametrize("target", [YES, PRICE], ids=["classes", "number"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_table_begins_with_its_columns_and_the_plain_network(
    target: Category | Number, locale: str, open_app: OpenPage, made: Make
) -> None:
    made(target)
    app = open_app("configure", locale, dataset="made")
    assert not errors(app) and not app.button(key="configure_train").disabled
    assert app.selectbox(key="configure_0_columns_number_scaling").value == "standard"
    shown = app.dataframe[0].value
    # Two numbers and that one was missing; three places and what is not known of one.
    assert shown["shape"].tolist()[:3] == ["3", "3", "4"]
    assert shown["parameters"].tolist()[3] == 7 * 64 + 64


def test_strong_brings_columns_and_training_and_can_be_undone(
    open_app: OpenPage, made: Make, quiet_server: Workspace
) -> None:
    strong = default_spec(made(), "strong")
    app = choose(open_app("configure", dataset="made"), "strong")
    assert draft_of(app, quiet_server) == strong
    assert app.text_input(key="configure_1_columns_bins").value == "64"
    app.button(key="configure_undo").click().run()
    assert draft_of(app, quiet_server) == default_spec(made())


def test_columns_are_left_out_scaled_and_kept_through_a_reload(
    open_app: OpenPage, made: Make, quiet_server: Workspace
) -> None:
    made()
    app = open_app("configure", dataset="made")
    app.multiselect(key="configure_0_columns_left_out").set_value(["weight"]).run()
    app.selectbox(key="configure_0_columns_number_scaling").set_value("robust").run()
    app.text_input(key="configure_0_columns_one_hot_levels").set_value("2").run()
    (columns,) = draft_of(app, quiet_server).model.inputs
    wanted = {"columns": ("size", "place"), "number_scaling": "robust", "one_hot_levels": 2}
    assert columns.model_dump(include=set(wanted)) == wanted
    again = open_app("configure", draft=str(app.query_params["draft"]))
    assert again.multiselect(key="configure_0_columns_left_out").value == ["weight"]
    assert again.query_params["dataset"] == "made" and not errors(again)


def test_no_column_and_a_bad_number_are_told_at_the_columns(open_app: OpenPage, made: Make) -> None:
    made()
    app = open_app("configure", dataset="made")
    app.multiselect(key="configure_0_columns_left_out").set_value(["size", "weight", "place"]).run()
    (told,) = errors(app)
    assert "No column goes into the network" in told and any(told in str(mark.value) for mark in app.markdown)
    cure(app)
    assert not errors(app) and app.multiselect[0].value == []
    app.text_input(key="configure_1_columns_category_units").set_value("0").run()
    (told,) = errors(app)
    assert any(told in str(mark.value) for mark in app.markdown) and app.button(key="configure_train").disabled


@pytest.mark.parametrize(("before", "after"), [(YES, PRICE), (PRICE, YES)], ids=["to a number", "to classes"])
def test_target_that_has_changed_is_one_sentence_and_one_cure(
    before: Category | Number, after: Category | Number, open_app: OpenPage, made: Make, quiet_server: Workspace
) -> None:
    made(before)
    app = choose(open_app("configure", dataset="made"), "strong")
    changed = made(after)
    (told,) = errors(app.run())
    assert after.name in told
    cure(app)
    assert not errors(app)
    spec, wanted = draft_of(app, quiet_server), default_spec(changed, "strong")
    assert (spec.model.layers[-1], spec.training.loss) == (wanted.model.layers[-1], wanted.training.loss)
    assert (spec.data.target_encoding, spec.training.metrics) == (wanted.data.target_encoding, wanted.training.metrics)


def test_column_that_is_gone_is_named_and_left_out_by_the_cure(
    open_app: OpenPage, made: Make, quiet_server: Workspace
) -> None:
    dataset = made()
    app = open_app("configure", dataset="made")
    app.multiselect(key="configure_0_columns_left_out").set_value(["weight"]).run()
    columns = [
        column.model_copy(update={"role": "ignored"}) if column.name == "place" else column
        for column in dataset.columns
    ]
    changed = dataset.model_copy(update={"columns": tuple(columns)})
    (quiet_server.datasets / "made" / "dataset.json").write_text(changed.model_dump_json())
    (told,) = errors(app.run())
    assert "place" in told
    cure(app)
    assert not errors(app) and draft_of(app, quiet_server).model.columns.columns == ("size",)  # type: ignore[union-attr]


def test_losses_metrics_and_layers_are_those_of_the_task(open_app: OpenPage, made: Make) -> None:
    made(PRICE)
    app = open_app("configure", dataset="made")
    loss = app.selectbox(key="configure_0_loss")
    assert loss.options == ["Mean squared error", "Mean absolute error", "Huber loss"]
    assert not [box for box in app.selectbox if box.key == "configure_0_labels"]
    assert not [toggle for toggle in app.toggle if toggle.key == "configure_0_class_weight"]
    assert not [
        name for name in app.selectbox(key="configure_new_layer").options if "Conv2D" in name or "Flatten" in name
    ]
    app.toggle(key="configure_0_early_stopping").set_value(True).run()
    assert "accuracy" not in app.selectbox(key="configure_0_early_stopping_monitor").options


def test_pictures_and_a_table_do_not_keep_each_others_network(open_app: OpenPage, made: Make) -> None:
    made()
    app = open_app("configure", dataset="digits")
    for dataset in ("made", "digits"):
        app.query_params["dataset"] = dataset
        app.run()
        assert not errors(app)


def test_large_table_says_that_its_columns_are_still_looked_at(
    open_app: OpenPage, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dl.datasets import DatasetStore
    from dl.preparation.learning import preparation_of
    from ui.server import server

    dataset = made()
    monkeypatch.setattr("ui.configure.preparing.MOST_CELLS", 0)
    app = open_app("configure", dataset="made")
    assert any("looking through the 90 rows" in str(told.value) for told in app.caption)
    assert app.button(key="configure_code").disabled and not app.button(key="configure_train").disabled
    columns = default_spec(dataset).model.columns
    assert columns
    preparation_of(DatasetStore(server().workspace).table("made"), columns)  # as the waiting worker leaves it
    app.run()
    assert not any("looking through" in str(told.value) for told in app.caption)
    assert not app.button(key="configure_code").disabled


def test_table_that_is_not_here_is_estimated(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="iris")
    assert not errors(app) and any("not on this computer yet" in str(told.value) for told in app.caption)
