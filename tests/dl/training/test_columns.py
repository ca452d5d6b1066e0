"""What a saved model makes of raw columns is what the network makes of encoded ones, whatever the table holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count
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
from dl.preparation import ColumnsInput, Preparation
from dl.preparation.encoding import encoded
from dl.preparation.learning import learn
from dl.specs import NetworkSpec
from dl.specs.layers import Dense

STRONG = ColumnsInput(
    number_scaling="robust", number_embedding="piecewise_linear", bins=8, one_hot_levels=2, minimum_count=1, members=3
)
PLAIN = ColumnsInput(minimum_count=1)
LEVELS = (
    "[UNK]",
    "UNK",
    " ",
    "a",
    "a ",
    "A",
    '"; DROP TABLE x; --',
    "line\nbreak",
    "\u202eאב",
    "é",
    "e\u0301",
    "🦉",
    "0",
)
LAYERS = ("cast", "stack", "clip", "where", "isfinite", "functional", "add", "mean", "numbers", "entering_members")
COLUMNS = {"word / of it": "string", "yes": "string", "number": "float64", "gap": "float64", "when": "datetime64[us]"}
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # each example is a table on disk
Columns = Mapping[str, np.ndarray]


@dataclass
class Kinds:
    """A table with a column of every kind, and networks for it that nobody trained."""

    keras: ModuleType
    folder: Path
    table_of: Callable[..., Table]

    def table(self, frame: pd.DataFrame, name: str) -> Table:
        gap = Number(name="gap", missing=("-999", "none"))
        return self.table_of(frame.astype(COLUMNS).assign(y=np.arange(len(frame)) % 7), "y", name=name, gap=gap)

    @cached_property
    def known(self) -> Table:
        random, rows = np.random.default_rng(0), 200
        when = pd.Timestamp("1969-01-01") + pd.to_timedelta(random.integers(0, 10**9, rows), unit="s")
        frame = pd.DataFrame(
            {
                "word / of it": random.choice([*LEVELS, None], rows),
                "yes": random.choice(["no", "yes"], rows),
                "number": random.normal(40, 10, rows),
                "gap": np.where(random.random(rows) < 0.3, -999, random.lognormal(10, 2, rows)),
                "when": pd.Series(when).mask(random.random(rows) < 0.1),
            }
        )
        return self.table(frame, "known")

    def network(self, wanted: ColumnsInput, table: Table | None = None) -> tuple[Preparation, Any]:
        from dl.training.build import build_model

        table = table or self.known
        preparation = learn(table, wanted)
        network = NetworkSpec(inputs=(wanted,), layers=(Dense(units=4), Dense(units=1, activation="linear")))
        self.keras.utils.set_random_seed(0)
        return preparation, build_model(network, table.description.shape, preparation=preparation)

    @cached_property
    def networks(self) -> list[tuple[Preparation, Any, Any]]:
        """How it is prepared, the network, and the model that was saved of it and read again."""
        from dl.training.columns import answering

        found = []
        for name, wanted in {"strong": STRONG, "plain": PLAIN}.items():
            preparation, model = self.network(wanted)
            answering(model, preparation).save(file := self.folder / f"{name}.keras")
            found.append((preparation, model, self.keras.models.load_model(file)))
        return found

    def asked(self, model: Any, raw: Columns) -> np.ndarray:
        """`predict` would round float64 before the model sees it."""
        convert = self.keras.ops.convert_to_tensor
        tensors = {
            name: convert(values.tolist(), "string") if values.dtype == object else convert(values, values.dtype)
            for name, values in raw.items()
        }
        return model(tensors).numpy()


@pytest.fixture(scope="module")
def kinds(
    keras: ModuleType,
    tables_in: Callable[[Path], Callable[..., Table]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Kinds:
    folder = tmp_path_factory.mktemp("kinds")
    return Kinds(keras, folder, tables_in(folder))


def raw_columns(table: Table, frame: pd.DataFrame) -> Columns:
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


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
words = st.one_of(st.none(), st.sampled_from(LEVELS), text)
numbers = st.one_of(st.none(), st.just(-999.0), st.floats(-1e6, 1e6), st.floats(allow_nan=False, allow_subnormal=False))
times = st.one_of(st.none(), st.datetimes(pd.Timestamp("1700-01-01"), pd.Timestamp("2200-01-01")))
rows = st.lists(st.tuples(words, words, numbers, numbers, times), min_size=40, max_size=60)
NOTHING = 40 * [("", None, None, -999.0, None)]
numbered = count()


@example(NOTHING)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(rows)
def test_any_rows_are_answered_raw_as_they_are_encoded(kinds: Kinds, lines: list[tuple[object, ...]]) -> None:
    from dl.training.columns import averaged

    frame = pd.DataFrame(lines, columns=list(COLUMNS)).astype(COLUMNS)
    table = kinds.table(frame, f"any-{next(numbered)}")
    raw = raw_columns(table, frame)
    for preparation, model, loaded in kinds.networks:
        inputs = {name: np.array(array) for name, array in encoded(table, preparation).inputs.items()}
        direct = averaged(model(inputs)).numpy() * preparation.target.scale + preparation.target.mean
        rounding = 1e-5 * max(1.0, float(np.abs(direct).max()))  # of a target in its own unit, be it near 0 by chance
        np.testing.assert_allclose(kinds.asked(loaded, raw), direct, rtol=1e-4, atol=rounding)


def test_columns_may_be_called_as_keras_calls_its_layers(kinds: Kinds) -> None:
    """In the model that takes them raw, which is made after the training."""
    from dl.training.columns import answering, averaged

    random, when = np.random.default_rng(1), pd.Series(pd.date_range("2020-01-01", periods=60))
    values = {name: random.normal(size=60) for name in LAYERS}
    frame = pd.DataFrame({**values, "floor": when.astype("datetime64[us]"), "y": random.normal(size=60)})
    table = kinds.table_of(frame, "y", name="layers")
    preparation, model = kinds.network(STRONG, table)
    answering(model, preparation).save(file := kinds.folder / "layers.keras")
    inputs = {name: np.array(array) for name, array in encoded(table, preparation).inputs.items()}
    direct = averaged(model(inputs)).numpy() * preparation.target.scale + preparation.target.mean
    answers = kinds.asked(kinds.keras.models.load_model(file), raw_columns(table, frame))
    np.testing.assert_allclose(answers, direct, rtol=1e-4, atol=1e-5)


def test_every_level_and_part_makes_a_difference_to_the_saved_model(kinds: Kinds) -> None:
    """Else the two would agree on anything."""
    seconds = {"word / of it": "a", "yes": "no", "number": 40.0, "gap": 9000.0, "when": 0}
    others = {
        "word / of it": LEVELS,
        "yes": ("yes", ""),
        "number": (41.0, np.nan),
        "gap": (1e4, -999.0),
        "when": (10**8,),
    }
    for _, _, loaded in kinds.networks:
        rows = [seconds, *(seconds | {name: value} for name, values in others.items() for value in values)]
        raw = {name: np.array([row[name] for row in rows]) for name in seconds}
        raw |= {name: raw[name].astype(object) for name in ("word / of it", "yes")}
        answers = kinds.asked(loaded, raw)[:, 0]
        is_same = [row == seconds for row in rows]
        assert (np.isclose(answers, answers[0], rtol=1e-6) == is_same).all()


def test_saved_model_needs_nothing_of_livefit(kinds: Kinds) -> None:
    """Only layers and operations of Keras itself stand in its file."""
    for _, _, loaded in kinds.networks:
        assert all(type(layer).__module__.startswith("keras.") for layer in loaded.layers)


def test_members_of_an_ensemble_differ_from_the_beginning_and_answer_with_their_average(kinds: Kinds) -> None:
    from dl.training.columns import averaged

    preparation, model, _ = kinds.networks[0]
    outputs = model(dict(encoded(kinds.known, preparation).inputs)).numpy()
    assert outputs.shape == (200, 3, 1) and not np.allclose(outputs[:, 0], outputs[:, 1])
    np.testing.assert_allclose(averaged(outputs), outputs.mean(axis=1), rtol=1e-6)


def test_steps_are_the_same_compiled_by_xla(kinds: Kinds) -> None:
    """Numbers in bins, categories embedded and not, and the members of an ensemble."""
    from dl.specs import RunSpec
    from dl.specs.presets import default_spec
    from dl.training.build import build_model
    from dl.training.data import run_data
    from dl.training.fast.programs import Program
    from dl.training.step import Step
    from dl.workspace import Workspace

    model = {"inputs": (STRONG,), "layers": (Dense(units=4), Dense(units=1, activation="linear"))}
    spec = RunSpec.model_validate(default_spec(kinds.known.description).model_dump() | {"model": model})
    data = run_data(spec, Workspace(kinds.folder, kinds.folder)).training
    found = []
    for compiler in ("graph", "xla"):
        kinds.keras.utils.set_random_seed(0)
        step = Step(build_model(spec.model, data.shape, preparation=data.preparation), data, spec)
        program = Program(step.train, compiler, 16, len(step.metrics), step.name)
        found.append(program(data.train[: 16 * 6].reshape(6, 16), np.full(6, 0.01)))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-4)
    assert found[0][0, -1] < found[0][0, 0]
