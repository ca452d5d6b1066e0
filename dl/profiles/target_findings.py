"""What is found about the target: gaps, too few classes or rows of one, and splits that are not alike."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from dl.profiles.finding import Action, Finding
from dl.profiles.profile import ColumnProfile, Profile

IMBALANCE = 0.2  # of the share that a class would have if all were equally frequent
FEW_CLASSES = 12
SURE = 4.0  # standard errors by which the splits differ


def of_target(profile: Profile) -> Iterator[Finding]:
    """What stands in the way of predicting it."""
    target, counts = profile.column(profile.target.field), profile.target.counts
    about = (target.field,)
    facts: dict[str, Any] = {"column": target.name}
    if target.missing.value > 0:
        missing = {"count": counts[-1], "share": target.missing.value}
        yield Finding("target_missing", 2, about, facts | missing)
    if target.distinct and target.distinct.count < 2:
        yield Finding("target_constant", 3, about, facts)
    elif target.kind == "category":
        yield from _of_classes(profile, target, facts)
    elif target.number and target.number.is_whole and target.distinct and target.distinct.high <= FEW_CLASSES:
        action = Action("category", target.field)
        yield Finding("target_few_values", 1, about, facts | {"distinct": target.distinct.count}, action=action)


def _of_classes(profile: Profile, target: ColumnProfile, facts: dict[str, Any]) -> Iterator[Finding]:
    about = (target.field,)
    single = [str(level.value) for level in target.frequent if level.count == 1]
    if single and profile.is_exact:
        named = {"count": len(single), "examples": tuple(single[:3])}
        yield Finding("single_row_class", 3, about, facts | named)
    least, most = target.frequent[-1], target.frequent[0]
    if least.share.value < IMBALANCE / len(target.frequent):
        rare, common = least.share.value, most.share.value
        shares = {"least": least.value, "least_share": rare, "most": most.value, "most_share": common}
        yield Finding("imbalance", 1, about, facts | shares)
    yield from _of_splits(profile, facts)


def _of_splits(profile: Profile, facts: dict[str, Any]) -> Iterator[Finding]:
    """The class whose shares in the two splits differ most, if chance does not explain it."""
    train, test = np.array(profile.target.train[:-1], float), np.array(profile.target.test[:-1], float)
    if not train.sum() or not test.sum():
        return
    share = (train + test) / (train.sum() + test.sum())
    error = np.sqrt(share * (1 - share) * (1 / train.sum() + 1 / test.sum()))
    apart = np.abs(train / train.sum() - test / test.sum())
    worst = int(np.argmax(np.divide(apart, error, out=np.zeros_like(apart), where=error > 0)))
    if worst < len(profile.target.levels) and apart[worst] > SURE * error[worst]:
        shares = {"train_share": train[worst] / train.sum(), "test_share": test[worst] / test.sum()}
        named = {"value": profile.target.levels[worst]}
        yield Finding("splits_differ", 2, (profile.target.field,), facts | named | shares, Action("stratify"))
