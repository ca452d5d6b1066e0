"""What a target means: its encoding, the outputs, losses and metrics that fit, what there is to beat. No Keras."""

from dl.datasets import Category, Dataset
from dl.tasks.classification import Classification
from dl.tasks.regression import Regression
from dl.tasks.task import Task


def task_of(dataset: Dataset) -> Task:
    """What its target is decides it."""
    target = dataset.target
    return Classification(target.levels) if isinstance(target, Category) else Regression()
