"""How much a row of each class counts where classes are of different sizes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def balanced_class_weights(labels: NDArray[Any], classes: int) -> NDArray[np.float32]:
    """rows / (classes * rows of the class): all classes count the same together. A class without rows gets 0.

    The "balanced" weights of scikit-learn's `compute_class_weight`, after G. King, L. Zeng, "Logistic regression in
    rare events data", Political Analysis 9 (2001), 137-163.
    """
    counts = np.bincount(np.asarray(labels, np.int64), minlength=classes)
    return np.where(counts, len(labels) / (classes * np.maximum(counts, 1)), 0).astype(np.float32)
