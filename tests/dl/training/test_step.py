"""A step's model: its optimiser, what it holds, what it reads, and how it is measured."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.specs import GradientClipping
from dl.specs.layers import BatchNormalization, Dense, Dropout, Flatten, Rescaling
from dl.specs.optimizers import OPTIMIZERS, Adam

LAYERS = (Rescaling(scale=1 / 16), Flatten(), Dense(units=4), BatchNormalization(), Dropout(rate=0.3))
Make = Callable[..., Any]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_has_the_settings_of_its_specification(keras: ModuleType, name: str) -> None:
    from dl.training.step import build_optimizer

    spec = OPTIMIZERS[name]()
    built = build_optimizer(spec)
    assert type(built) is getattr(keras.optimizers, spec.keras_class)
    config = built.get_config()
    assert {field: config[field] for field in spec.arguments()} == pytest.approx(spec.arguments())


@pytest.mark.parametrize("by", ["global_clipnorm", "clipnorm", "clipvalue"])
def test_optimizer_clips_as_its_specification_says(keras: ModuleType, by: str) -> None:
    from dl.training.step import build_optimizer

    config = build_optimizer(Adam(), GradientClipping.model_validate({"by": by, "value": 0.25})).get_config()
    limits = {name: config[name] for name in ("global_clipnorm", "clipnorm", "clipvalue")}
    assert limits == {name: 0.25 if name == by else None for name in limits}


@pytest.mark.parametrize("name", ["accuracy", "top_5_accuracy"])
@pytest.mark.parametrize("sparse", [True, False])
def test_classes_are_measured_row_by_row_as_keras_measures_them_all(keras: ModuleType, name: str, sparse: bool) -> None:
    from dl.training.step import keras_metric, row_scores

    random = np.random.default_rng(0)
    labels, outputs = random.integers(0, 8, 100).astype(np.int32), random.random((100, 8)).astype(np.float32)
    rows = row_scores(name, keras.ops.convert_to_tensor(labels), keras.ops.convert_to_tensor(outputs)).numpy()
    model = keras.Sequential([keras.Input((8,)), keras.layers.Identity()])
    model.compile(loss="mean_squared_error", metrics=[keras_metric(name, sparse)])
    targets = labels[:, np.newaxis] if sparse else np.eye(8)[labels]
    assert rows.shape == (100,) and set(rows) == {0, 1}
    assert model.evaluate(outputs, targets, verbose=0)[1] == pytest.approx(rows.mean(), rel=1e-5)


def test_numbers_are_measured_row_by_row(keras: ModuleType) -> None:
    from dl.training.step import row_scores

    labels, outputs = np.array([1, -2, 3], np.float32), np.array([[1.5], [2], [3]], np.float32)
    rows = row_scores("mean_absolute_error", keras.ops.convert_to_tensor(labels), keras.ops.convert_to_tensor(outputs))
    np.testing.assert_allclose(rows, [0.5, 4, 0])


def test_rows_are_taken_by_number_from_every_input(keras: ModuleType, tmp_path: Path) -> None:
    from dl.training.step import Resident

    pictures, numbers = np.arange(96, dtype=np.uint8).reshape(6, 4, 4, 1), np.arange(12, dtype=np.float32).reshape(6, 2)
    np.save(tmp_path / "x.npy", pictures)
    source = Resident({"picture": np.load(tmp_path / "x.npy", mmap_mode="r"), "number": numbers})
    taken = source.take(np.array([4, 0, 4]))
    assert list(taken) == ["picture", "number"]
    np.testing.assert_array_equal(taken["picture"], pictures[[4, 0, 4]])
    np.testing.assert_array_equal(taken["number"], numbers[[4, 0, 4]])


@pytest.mark.parametrize("kind", ["file", "part of a file", "memory"])
def test_training_is_the_same_wherever_the_pictures_lie(bench: Make, tmp_path: Path, kind: str) -> None:
    ours, expected = bench(epochs=1), bench(epochs=1)
    pictures = np.array(ours.x)
    np.save(tmp_path / "all.npy", np.concatenate([pictures[:7], pictures]) if kind == "part of a file" else pictures)
    mapped = np.load(tmp_path / "all.npy", mmap_mode="r")
    found = {"file": mapped, "part of a file": mapped[7:], "memory": pictures}[kind]
    ours.data = replace(ours.data, inputs={"picture": found})
    notes, other = ours.train()[0], expected.train()[0]
    np.testing.assert_array_equal(notes.values("loss"), other.values("loss"))
    np.testing.assert_array_equal(np.load(tmp_path / "all.npy", mmap_mode="r")[-len(pictures) :], pictures)


def values(variables: Any) -> list[bytes]:
    return [variable.value.numpy().tobytes() for variable in variables]


def test_everything_is_put_back_and_was_copied(bench: Make) -> None:
    ours = bench(*LAYERS, epochs=1)
    training = ours.training()
    before = training.step.captured()
    first = values((*ours.model.variables, *ours.model.optimizer.variables))
    assert len(before) == len(first) > len(ours.model.weights), "moments, counts and random states too"
    training.run()
    assert values((*ours.model.variables, *ours.model.optimizer.variables)) != first
    training.step.restore(before)
    assert values((*ours.model.variables, *ours.model.optimizer.variables)) == first


def test_optimizer_starts_anew_when_it_is_left_out(bench: Make) -> None:
    trained, fresh = bench(*LAYERS, epochs=1), bench(*LAYERS, epochs=1)
    training, beginning = trained.training(), fresh.training()
    training.run()
    untouched = values(fresh.model.optimizer.variables)
    beginning.step.restore(training.step.captured(), with_optimizer=False)
    assert values(fresh.model.variables) == values(trained.model.variables)
    assert values(fresh.model.optimizer.variables) == untouched != values(trained.model.optimizer.variables)
    assert np.any(fresh.model.get_weights()[0])
