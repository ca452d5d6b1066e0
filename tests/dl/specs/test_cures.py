"""A repaired specification changes what it has to, and nothing else."""

from dl.datasets.catalogue import BUILTINS
from dl.specs.cures import flatten_later, insert_flatten, with_columns, with_encoding, with_layers, with_training
from dl.specs.layers import Conv2D, Dense, Flatten, MaxPooling2D
from dl.specs.presets import default_spec

SPEC = default_spec(BUILTINS["digits"], "textbook")
OUTPUT = Dense(units=10, activation="softmax")


def test_flatten_stands_once_behind_the_last_layer_that_takes_pictures_with_the_dense_ones_behind_it() -> None:
    layers = [Flatten(), Dense(units=5), Conv2D(), Flatten(), MaxPooling2D(), OUTPUT]
    assert flatten_later(layers) == [Conv2D(), MaxPooling2D(), Flatten(), Dense(units=5), OUTPUT]


def test_flatten_is_put_before_the_dense_layers_at_the_end() -> None:
    assert insert_flatten([Dense(), Conv2D(), Dense(), OUTPUT]) == [Dense(), Conv2D(), Flatten(), Dense(), OUTPUT]
    assert insert_flatten([Conv2D()]) == [Conv2D(), Flatten()]


def test_the_rest_of_a_specification_stays() -> None:
    changed = with_encoding(with_training(with_layers(SPEC, [Flatten(), OUTPUT]), epochs=7), "one_hot")
    assert changed.model.layers == (Flatten(), OUTPUT) and changed.model.inputs == SPEC.model.inputs
    assert changed.training == SPEC.training.model_copy(update={"epochs": 7})
    assert changed.data == SPEC.data.model_copy(update={"target_encoding": "one_hot"})


def test_columns_are_chosen_and_the_rest_of_their_block_stays() -> None:
    spec = default_spec(BUILTINS["iris"], "plain")
    (before,), (after,) = spec.model.inputs, with_columns(spec, columns=("petal length",)).model.inputs
    assert after == before.model_copy(update={"columns": ("petal length",)})
