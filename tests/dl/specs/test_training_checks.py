"""What a step takes in memory; the other checks of a training are tested with those of the network, in test_checks."""

from dl.datasets.catalogue import BUILTINS
from dl.specs import NetworkSpec
from dl.specs.layers import Dense, Flatten
from dl.specs.summary import summarize
from dl.specs.training_checks import STEP_LIMIT, step_bytes


def test_every_number_of_a_step_is_kept_with_its_gradient() -> None:
    layers = (Flatten(), Dense(units=5), Dense(units=10, activation="softmax"))
    summary = summarize(NetworkSpec(layers=layers), BUILTINS["digits"].shape)
    assert step_bytes(summary, 32) == 32 * (64 + 5 + 10) * 4 * 2 < STEP_LIMIT
