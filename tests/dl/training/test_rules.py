"""The rules at the end of an epoch, on any score that they may be told to watch."""

from types import ModuleType

import pytest


@pytest.mark.parametrize(
    ("name", "scores", "improvements"),
    [
        ("val_loss", (0.5, 0.4, 0.6), [True, True, False]),
        ("val_top_5_accuracy", (0.5, 0.4, 0.6), [True, False, True]),
        ("val_root_mean_squared_error", (0.5, 0.4, 0.6), [True, True, False]),
        ("val_auc", (0.5, 0.4, 0.6), [True, False, True]),
    ],
)
def test_score_is_watched_in_its_own_direction(
    keras: ModuleType, name: str, scores: tuple[float, ...], improvements: list[bool]
) -> None:
    from dl.training.rules import Monitor

    monitor = Monitor(name)
    assert [monitor.improves({name: score}) for score in scores] == improvements
