"""The parts of a script that belong to tables: preparing from constants, and what enters the network."""

from collections.abc import Iterable, Sequence
from typing import Any

from dl.datasets import Dataset
from dl.preparation import ColumnsInput, Preparation
from dl.preparation.preparation import FARTHEST
from dl.specs.table_splitting import splitting

IMPORTS = """\
{standard}from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import ops
{further}"""
_WORDS = """\

def words_of(name):
    values = frame[name]
    if pd.api.types.is_numeric_dtype(values):  # whole numbers without a point
        words = [f"{value:.0f}" if value == np.trunc(value) else repr(value) for value in values.to_numpy(float)]
        return pd.Series(words).where(values.notna().to_numpy())
    return values.astype(object).where(values.notna(), None).reset_index(drop=True)


def known_words_of(name):
    return words_of(name).where(lambda words: ~words.isin(missing.get(name, [])), None)

"""
_NUMBERS = """\

def numbers_of(name):
    values = frame[name].reset_index(drop=True)
    if name in missing:
        values = values.mask(words_of(name).isin(missing[name]))
    values = pd.to_numeric(values, errors="coerce").to_numpy(float, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)

"""
_DATES = """\

def part_of_date(name, part):
    dates = pd.to_datetime(frame[name].reset_index(drop=True), errors="coerce", utc=True).dt.tz_localize(None)
    if part == "days":
        return np.floor((dates - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(float)
    return getattr(dates.dt, "day_of_week" if part == "weekday" else part).to_numpy(float, na_value=np.nan)

"""
_NUMBER_ARRAY = """\

def scaled(name, part, centre, scale):
    if part == "missing":
        return np.isnan({raw_of_gap}).astype(float)
    values = {raw}
    return np.where(np.isnan(values), 0.0, np.clip((values - centre) / scale, -{farthest:g}, {farthest:g}))

"""
_ENSEMBLE = '''\

class Ensemble(keras.Model):
    """Each member learns by itself; they answer with their average."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        if training:
            y = ops.repeat(ops.expand_dims(y, 1), {members}, axis=1)
        else:
            y_pred = ops.mean(y_pred, axis=1)
        return super().compute_loss(x, y, y_pred, sample_weight, training)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return super().compute_metrics(x, y, ops.mean(y_pred, axis=1), sample_weight)

'''


def preparing(dataset: Dataset, preparation: Preparation, share: float, seed: int, one_hot: bool) -> str:
    """From `frame` to arrays: all rows first, then those of the three parts."""
    target = preparation.target
    has_dates = any(number.kind == "date" for number in preparation.numbers)
    missing = {column.name: list(column.missing) for column in dataset.columns if column.missing}
    lines = [f"missing = {_dictionary(missing)}\n", _WORDS, _NUMBERS, *([_DATES] if has_dates else [])]
    lines += [splitting(dataset)]
    if preparation.numbers:
        lines += [_of_numbers(preparation, has_dates)]
    if preparation.categories:
        levels = {category.name: list(category.levels) for category in preparation.categories}
        lines += [
            f"levels = {_dictionary(levels)}\n",
            "places = {name: {level: n for n, level in enumerate(known, 1)} for name, known in levels.items()}\n",
            "categories = [known_words_of(name).map(places[name]) for name in levels]\n",
            "categories = np.column_stack([places.fillna(0) for places in categories]).astype(np.int32)\n",
        ]
    if target.levels:
        lines += [
            f"classes = {_list(target.levels)}\n",
            "y = words_of(" + repr(target.name) + ").map({level: n for n, level in enumerate(classes)})\n",
            "is_known = y.notna().to_numpy()\n",
            "y = y.fillna(-1).to_numpy(np.int64)\n",
        ]
    else:
        lines += [
            f"mean, scale = {target.mean!r}, {target.scale!r}  # of the target\n",
            f"y = ((numbers_of({target.name!r}) - mean) / scale).astype(np.float32)[:, np.newaxis]\n",
            "is_known = np.isfinite(y[:, 0])\n",
        ]
    return "".join([*lines, _parts(preparation, share, seed, one_hot)])


def _of_numbers(preparation: Preparation, has_dates: bool) -> str:
    listed = [(n.name, n.part, n.centre, n.scale) for n in preparation.numbers]
    dates = {number.name for number in preparation.numbers if number.kind == "date"}
    raw, gap = "numbers_of(name)", "numbers_of(name)"
    if has_dates:
        raw = f"part_of_date(name, part) if name in {sorted(dates)!r} else numbers_of(name)"
        gap = f'part_of_date(name, "days") if name in {sorted(dates)!r} else numbers_of(name)'
    function = _NUMBER_ARRAY.format(raw_of_gap=gap, raw=raw, farthest=FARTHEST)
    array = "numbers = np.column_stack([scaled(*how) for how in scaling]).astype(np.float32)\n"
    return f"scaling = {_list(listed)}  # column, what of it, centre, scale\n{function}{array}"


def _parts(preparation: Preparation, share: float, seed: int, one_hot: bool) -> str:
    names = [name for name in ("numbers", "categories") if getattr(preparation, name)]
    taken = ", ".join(f'"{name}": {name}[rows]' for name in names)
    lines = [
        "train, test = np.flatnonzero(is_known & ~is_test), np.flatnonzero(is_known & is_test)",
        f"order = np.random.default_rng({seed}).permutation(len(train))",
        f"held_out = round(len(train) * {share})",
        "validation, train = train[order[:held_out]], train[order[held_out:]]",
        f"x_train, x_validation, x_test = ({{{taken}}} for rows in (train, validation, test))",
        "y_train, y_validation, y_test = (y[rows] for rows in (train, validation, test))",
    ]
    if one_hot:
        lines += [
            f"{name} = keras.utils.to_categorical({name}, len(classes))"
            for name in ("y_train", "y_validation", "y_test")
        ]
    return "\n".join(lines) + "\n"


def entering(wanted: ColumnsInput, preparation: Preparation) -> str:
    """The inputs of the network, and `x`, which the first layer gets: line by line what `dl.training.columns` does."""
    lines = ["inputs, parts = {}, []"]
    if preparation.numbers:
        lines += _numbers_entering(wanted, preparation)
    if preparation.categories:
        lines += _categories_entering(wanted, preparation)
    lines += ["x = keras.layers.Concatenate()(parts) if len(parts) > 1 else parts[0]"]
    if wanted.members > 1:
        lines += [
            f'x = keras.layers.EinsumDense("bd,kd->bkd", output_shape=({wanted.members}, x.shape[-1]),',
            "    kernel_initializer=keras.initializers.RandomNormal(1.0, 0.5))(x)  # a factor a member and number",
        ]
    return "\n".join(lines) + "\n"


def _numbers_entering(wanted: ColumnsInput, preparation: Preparation) -> list[str]:
    count = len(preparation.numbers)
    lines = [f'inputs["numbers"] = numbers = keras.Input(({count},), name="numbers")']
    near = "numbers / ops.sqrt(1 + ops.square(numbers / 3))" if wanted.number_scaling == "robust" else "numbers"
    lines += [f"parts += [{near}]"]
    if wanted.number_embedding != "piecewise_linear":
        return lines
    bins = preparation.bins()[0].shape[1]
    edges = [list(number.edges) for number in preparation.numbers]
    return [
        *lines,
        f"edges = {_list(edges)}  # of the bins of each number, scaled",
        f"begins = np.full(({count}, {bins}), np.finfo(np.float32).max, np.float32)",
        f"widths = np.ones(({count}, {bins}), np.float32)",
        "for n, known in enumerate(np.array(known, np.float32) for known in edges):",
        "    begins[n, : len(known) - 1], widths[n, : len(known) - 1] = known[:-1], np.diff(known)",
        "share = ops.clip((ops.expand_dims(numbers, -1) - begins) / widths, 0.0, 1.0)",
        f'embedded = keras.layers.EinsumDense("bni,nij->bnj", output_shape=({count}, {wanted.number_units}),',
        f'    bias_axes="nj", kernel_initializer=keras.initializers.RandomUniform({-(bins**-0.5)!r}, {bins**-0.5!r}))',
        f"parts += [keras.layers.Reshape(({count * wanted.number_units},))(embedded(share))]",
    ]


def _categories_entering(wanted: ColumnsInput, preparation: Preparation) -> list[str]:
    count = len(preparation.categories)
    lines = [f'inputs["categories"] = places = keras.Input(({count},), dtype="int32", name="categories")']
    for place, category in enumerate(preparation.categories):
        known, units = len(category.levels) + 1, wanted.embedding_units(len(category.levels))
        layer = f"keras.layers.Embedding({known}, {units})(places[:, {place}])"
        one_hot = f"ops.one_hot(places[:, {place}], {known})"
        lines += [f"parts += [{layer if units else one_hot}]"]
    return lines


def ensemble(members: int) -> str:
    return _ENSEMBLE.format(members=members) if members > 1 else ""


def evaluating(preparation: Preparation, metrics: Sequence[str], members: int) -> str:
    """Numbers are told in the unit of the target."""
    lines = ["# Evaluation", "test_loss, *scores = model.evaluate(x_test, y_test, verbose=0)"]
    if preparation.target.levels:
        shown = _shown([(name.replace("_", " "), f"scores[{n}]") for n, name in enumerate(metrics)])
    else:
        averaged = ".mean(axis=1)" if members > 1 else ""
        lines += [
            f"answers = model.predict(x_test, verbose=0){averaged}[:, 0] * scale + mean",
            "true = y_test[:, 0] * scale + mean",
            "rmse, mae = np.sqrt(np.mean((answers - true) ** 2)), np.mean(np.abs(answers - true))",
        ]
        shown = _shown([("rmse", "rmse"), ("mae", "mae"), ("r2", "1 - (rmse / np.std(true)) ** 2")])
    lines += [f'print(f"{shown}, test loss {{test_loss:.4f}}")']
    answer = "ops.mean(outputs, axis=1)" if members > 1 else "outputs"
    lines += [f'keras.Model(inputs, {answer}).save("model.keras")  # of prepared columns']
    return "\n".join(lines) + "\n"


def _shown(scores: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"test {name} {{{value}:.4f}}" for name, value in scores)


def _list(values: Iterable[Any]) -> str:
    """A line a value; `repr` is what keeps text from becoming code."""
    return "[\n" + "".join(f"    {value!r},\n" for value in values) + "]"


def _dictionary(values: dict[str, Any]) -> str:
    lines = "".join(f"    {name!r}: {value!r},\n" for name, value in values.items())
    return f"{{\n{lines}}}" if values else "{}"
