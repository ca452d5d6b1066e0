"""Which task a data set poses: what its target is decides it."""

from dl.datasets import Category, Dataset
from dl.tasks.classification import Classification
from dl.tasks.regression import Regression
from dl.tasks.task import Task


def task_of(dataset: Dataset) -> Task:
    target = dataset.target
    return Classification(target.levels) if isinstance(target, Category) else Regression()
