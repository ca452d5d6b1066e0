"""What a trained model answers equals what Keras says of it, in blocks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dl.specs.layers import Flatten

Make = Callable[..., Any]


def test_evaluation_equals_that_of_keras_when_the_network_is_sure_and_wrong(bench: Make) -> None:
    """Raw pixels and a large step: losses far above the 16 at which finished probabilities would be cut off."""
    from dl.training.outputs import BATCH, evaluate

    ours = bench(Flatten(), optimizer={"type": "SGD", "learning_rate": 10})
    ours.train()
    rows, blocks = np.arange(1000), list[int]()
    outputs, loss = evaluate(ours.model, ours.data.x[rows], ours.targets(rows), lambda: blocks.append(1))
    expected_loss, expected_accuracy = ours.model.evaluate(ours.data.x[rows], ours.targets(rows), verbose=0)
    assert loss == pytest.approx(expected_loss, rel=1e-4) and loss > 16
    assert len(blocks) == -(-1000 // BATCH) == 2, "the last of them is smaller"
    np.testing.assert_allclose(outputs, ours.model.predict(ours.data.x[rows], verbose=0), atol=1e-5)
    scores = ours.training().evaluate(rows)
    assert scores == pytest.approx({"loss": expected_loss, "accuracy": expected_accuracy}, rel=1e-4)
