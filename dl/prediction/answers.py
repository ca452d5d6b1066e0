"""What a network answered, as it is sent and shown."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.datasets import Dataset
from dl.evaluation.slices import class_probability


def answer_of(outputs: NDArray[np.float32], dataset: Dataset) -> dict[str, Any]:
    """Of one row: of classes the likeliest, its probability and that of each; else the number, in the target's unit."""
    if not dataset.classes:
        return {"answer": float(outputs[0])}
    shares = probabilities(outputs[np.newaxis])[0]
    best = int(shares.argmax())
    return {
        "answer": dataset.classes[best],
        "confidence": round(float(shares[best]), 6),
        "probabilities": {name: round(float(share), 6) for name, share in zip(dataset.classes, shares, strict=True)},
    }


def probabilities(outputs: NDArray[np.float32]) -> NDArray[np.float64]:
    """(rows, classes), each row adding up to 1, which the outputs of a sigmoid need not do."""
    classes = np.arange(outputs.shape[1])
    return np.stack([class_probability(outputs, int(index)) for index in classes], axis=1)
