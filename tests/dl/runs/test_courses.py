"""Runs with other seeds as one course."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from dl.runs import Run
from dl.runs.courses import MOST_EPOCHS, mean_course
from dl.runs.log.steps import append_epoch


def run_with(folder: Path, validation: Mapping[int, float]) -> Run:
    folder.mkdir()
    for epoch, value in validation.items():
        append_epoch(folder, {"epoch": epoch, "accuracy": value / 2, "val_accuracy": value})
    return Run(folder)


def test_mean_and_band_reach_as_far_as_all_have_come(tmp_path: Path) -> None:
    runs = [run_with(tmp_path / "1", {1: 0.5, 2: 0.75, 3: 1.0}), run_with(tmp_path / "2", {1: 0.25, 2: 0.25})]
    course = mean_course(runs, "accuracy")
    assert (course.epochs.tolist(), course.validation.tolist()) == ([1, 2], [0.375, 0.5])
    assert course.training.tolist() == [0.1875, 0.25]
    assert course.low is not None and course.high is not None
    assert (course.low.tolist(), course.high.tolist()) == ([0.25, 0.25], [0.5, 0.75])


def test_one_run_has_no_band_and_gaps_where_nothing_was_measured(tmp_path: Path) -> None:
    course = mean_course([run_with(tmp_path / "1", {1: 0.5})], "loss")
    assert course.low is None and np.isnan(course.training).all() and np.isnan(course.validation).all()
    assert len(mean_course([run_with(tmp_path / "2", {})], "loss").epochs) == 0


def test_many_epochs_are_thinned_and_the_ends_kept(tmp_path: Path) -> None:
    epochs = mean_course([run_with(tmp_path / "1", {epoch: 0.5 for epoch in range(1, 1502)})], "accuracy").epochs
    assert (len(epochs), epochs[0], epochs[-1]) == (MOST_EPOCHS, 1, 1501)
