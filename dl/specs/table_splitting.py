"""The part of a script that finds the test rows of a table, by the rule that is written down in `Split`."""

from dl.datasets import Dataset
from dl.datasets.columns import AnyColumn, Category, Date, Number
from dl.datasets.tables.splits import Split

RANKED_ROWS = 2_000_000  # of more rows, those are for the test that draw less than the share
_CHECK = """\
if (len(frame), is_test.sum()) != ({rows}, {test}):
    found = f"{{len(frame)}} rows, {{is_test.sum()}} of them for the test"
    raise SystemExit(f"This is not the table of the run: it has {{found}}, not {rows} and {test}.")
"""
_GROUPS = """\
groups, _ = pd.factorize(words_of({name!r}).to_numpy(object), use_na_sentinel=False)
sizes = np.bincount(groups)
order = np.random.default_rng({seed}).permutation(len(sizes))
chosen = np.cumsum(sizes[order]) - sizes[order] < {share} * len(frame)
chosen[-1] = False  # whole groups, and never all of them
is_test = np.isin(groups, order[chosen])
"""
_TIME = """\
dates = pd.to_datetime(frame[{name!r}], errors="coerce").reset_index(drop=True)
ordered = dates.dropna().sort_values().to_numpy()
last = ordered[max(1, len(ordered) - int(len(ordered) - len(ordered) * {rest})) - 1]
is_test = (dates > last).to_numpy()
"""
_DRAWN = """\
same = pd.DataFrame({{{columns}}})
same = pd.util.hash_pandas_object(same, index=False).to_numpy()
drawn = pd.Series(np.random.default_rng({seed}).random(len(frame)))
drawn = drawn.groupby(same).transform("first")  # rows that are the same stay together
is_test = ({test}).to_numpy()
"""


def splitting(dataset: Dataset) -> str:
    """Makes `is_test`, by the rule that is written down in `Split`; what stands before has made `words_of` and such."""
    split, rows = dataset.split or Split(), dataset.rows
    check = _CHECK.format(rows=rows.total, test=rows.test)
    return "".join([_chosen(dataset, split), check])


def _chosen(dataset: Dataset, split: Split) -> str:
    facts = {"seed": split.seed, "share": split.test_share, "rest": 1 - split.test_share}
    if split.method == "file":
        return f"is_test = np.arange(len(frame)) >= {dataset.rows.train}\n"
    if split.method in ("group", "time"):
        name = next(column.name for column in dataset.columns if column.field == split.column)
        return (_GROUPS if split.method == "group" else _TIME).format(name=name, **facts)
    columns = "".join(f"\n    {place}: {_value(column)}," for place, column in enumerate(_compared(dataset, split)))
    return _DRAWN.format(columns=f"{columns}\n", seed=split.seed, test=_drawn(dataset, split))


def _drawn(dataset: Dataset, split: Split) -> str:
    if dataset.rows.total > RANKED_ROWS:
        return f"drawn < {split.test_share}"
    ranked = "drawn"
    if levels_of := _levels_of(dataset, split):
        ranked += f".groupby(known_words_of({levels_of!r}), dropna=False)"
    return f'{ranked}.rank(method="max", pct=True) <= {split.test_share}'


def _compared(dataset: Dataset, split: Split) -> list[AnyColumn]:
    """By which rows were the same when the test rows were drawn."""
    return [column for column in dataset.columns if column.field in split.compared] or [*dataset.used]


def _levels_of(dataset: Dataset, split: Split) -> str:
    """The column whose levels have the same share of test rows each; of old tables, which do not say it, the target."""
    field = split.levels_of or (dataset.target.field if isinstance(dataset.target, Category) else "")
    names = (column.name for column in dataset.columns if split.method == "stratified" and column.field == field)
    return next(names, "")


def _value(column: AnyColumn) -> str:
    if isinstance(column, Number):
        return f"numbers_of({column.name!r})"
    is_date = isinstance(column, Date)
    return f"frame[{column.name!r}].to_numpy()" if is_date else f"known_words_of({column.name!r})"
