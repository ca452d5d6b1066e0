"""What a saved model makes of raw columns is what the network makes of encoded ones, whatever the table holds."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from dl.datasets.columns import Number
from dl.datasets.tables.table import Table
from dl.preparation import ColumnsInput
from dl.preparation.encoding import encoded
from dl.preparation.learning import learn
from dl.specs import NetworkSpec
from dl.specs.layers import Dense

STRONG = ColumnsInput(
    number_scaling="robust", number_embedding="piecewise_linear", bins=8, one_hot_levels=2, minimum_count=1, members=3
)


def raw_columns(table: Table, frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """As a stranger hands them over: numbers, words, seconds since 1970."""
    columns = {}
    for column in table.description.features:
        values = frame[column.name]
        if column.kind == "category":
            columns[column.name] = values.astype(object).where(values.notna(), "").to_numpy(object)
        elif column.kind == "date":
            columns[column.name] = values.dt.floor("s").astype("datetime64[s]").astype("int64").to_numpy()
        else:
            columns[column.name] = values.to_numpy(float)
    return columns


def answers(keras: ModuleType, table: Table, wanted: ColumnsInput, outputs: int, folder: Path) -> Any:
    """Of an untrained network: on encoded columns, and how a saved model answers on raw ones."""
    from dl.training.build import build_model
    from dl.training.columns import answering, averaged

    preparation = learn(table, wanted)
    network = NetworkSpec(inputs=(wanted,), layers=(Dense(units=4), Dense(units=outputs, activation="linear")))
    keras.utils.set_random_seed(0)
    model = build_model(network, table.description.shape, preparation=preparation)
    answering(model, preparation).save(folder / "model.keras")
    loaded = keras.models.load_model(folder / "model.keras")
    inputs = {name: np.array(array) for name, array in encoded(table, preparation).inputs.items()}
    direct = averaged(model(inputs)).numpy() * preparation.target.scale + preparation.target.mean
    return direct, lambda raw: loaded({name: tensor_of(keras, values) for name, values in raw.items()}).numpy()


def tensor_of(keras: ModuleType, values: np.ndarray) -> Any:
    """`predict` would round float64 before the model sees it."""
    dtype = "string" if values.dtype == object else values.dtype
    return keras.ops.convert_to_tensor(values.tolist() if dtype == "string" else values, dtype)


words = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4))
numbers = st.one_of(st.none(), st.just(-999.0), st.floats(-1e9, 1e9))
times = st.one_of(st.none(), st.datetimes(pd.Timestamp("1700-01-01"), pd.Timestamp("2200-01-01")))


WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # each example builds networks


EMPTY_WORD = [("a", 1.0, None, 0.0), ("", 2.0, None, 1.0), (None, 3.0, None, 2.0), ("b", 4.0, None, 3.0)]


@example(2 * EMPTY_WORD)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(st.lists(st.tuples(words, numbers, times, st.floats(-1e6, 1e6)), min_size=8, max_size=30))
def test_any_table_is_answered_raw_as_it_is_encoded(
    keras: ModuleType,
    table_of: Callable[..., Table],
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[tuple[object, ...]],
) -> None:
    types = {"word / of it": "string", "number": "float64", "when": "datetime64[us]"}
    frame = pd.DataFrame(lines, columns=["word / of it", "number", "when", "y"]).astype(types)
    if len(frame) < 8 or frame.iloc[:, 1].nunique() < 3 or frame.iloc[:, 0].nunique() < 3:
        return
    folder = tmp_path_factory.mktemp("any")
    table = table_of(frame, "y", name=folder.name, number=Number(name="number", missing=("-999",)))
    for wanted in (STRONG, ColumnsInput(minimum_count=1)):
        direct, answer = answers(keras, table, wanted, 1, folder)
        rounding = 1e-5 * max(1.0, float(np.abs(direct).max()))  # of a target in its own unit, be it near 0 by chance
        np.testing.assert_allclose(answer(raw_columns(table, frame)), direct, rtol=1e-4, atol=rounding)


def test_saved_model_needs_nothing_of_livefit(
    keras: ModuleType, table_of: Callable[..., Table], tmp_path: Path
) -> None:
    """Only layers and operations of Keras itself stand in its file."""
    frame = pd.DataFrame({"a": np.arange(40.0), "b": list("wxyz") * 10, "y": np.arange(40.0) % 7})
    table = table_of(frame, "y")
    _, answer = answers(keras, table, STRONG, 1, tmp_path)
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert all(type(layer).__module__.startswith("keras.") for layer in loaded.layers)
    assert np.isfinite(answer({"a": np.array([np.nan, 1e300]), "b": np.array(["never seen", ""], object)})).all()


def test_members_of_an_ensemble_differ_from_the_beginning_and_answer_with_their_average(
    keras: ModuleType, table_of: Callable[..., Table]
) -> None:
    from dl.training.build import build_model
    from dl.training.columns import averaged

    frame = pd.DataFrame({"a": np.arange(40.0), "y": np.arange(40.0) % 7})
    table = table_of(frame, "y")
    preparation = learn(table, STRONG)
    network = NetworkSpec(inputs=(STRONG,), layers=(Dense(units=4), Dense(units=2, activation="softmax")))
    model = build_model(network, (1,), preparation=preparation)
    outputs = model(dict(encoded(table, preparation).inputs)).numpy()
    assert outputs.shape == (40, 3, 2) and not np.allclose(outputs[:, 0], outputs[:, 1])
    np.testing.assert_allclose(averaged(outputs), outputs.mean(axis=1), rtol=1e-6)


@pytest.mark.parametrize("wanted", [STRONG, ColumnsInput()], ids=["strong", "plain"])
def test_steps_are_the_same_compiled_by_xla(
    keras: ModuleType, table_of: Callable[..., Table], wanted: ColumnsInput, tmp_path: Path
) -> None:
    from dl.specs import RunSpec
    from dl.specs.presets import default_spec
    from dl.training.build import build_model
    from dl.training.data import run_data
    from dl.training.fast.programs import Program
    from dl.training.step import Step
    from dl.workspace import Workspace

    random = np.random.default_rng(0)
    frame = pd.DataFrame({"a": random.normal(size=200), "b": random.choice(list("wxyz"), 200), "y": np.arange(200) % 7})
    table = table_of(frame, "y")
    whole = default_spec(table.description).model_dump() | {
        "model": {"inputs": (wanted,), "layers": (Dense(units=4), Dense(units=1, activation="linear"))}
    }
    spec = RunSpec.model_validate(whole)
    data = run_data(spec, Workspace(tmp_path, tmp_path)).training
    found = []
    for compiler in ("graph", "xla"):
        keras.utils.set_random_seed(0)
        step = Step(build_model(spec.model, data.shape, preparation=data.preparation), data, spec)
        program = Program(step.train, compiler, 16, len(step.metrics), step.name)
        found.append(program(data.train[: 16 * 6].reshape(6, 16), np.full(6, 0.01)))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-4)
    assert found[0][0, -1] < found[0][0, 0]
