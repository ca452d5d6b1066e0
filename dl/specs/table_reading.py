"""The part of a script that reads a table's own file as it was read at import."""

from collections.abc import Iterable
from pprint import pformat
from typing import Any

from dl.datasets import Dataset, loading_script
from dl.datasets.columns import Date, Number
from dl.datasets.description import Origin
from dl.datasets.tables.dialect import Dialect
from dl.datasets.tables.splits import Split
from dl.preparation import Preparation

_WHERE = """\
file = sys.argv[1] if len(sys.argv) > 1 else {file!r}  # where it is: python train.py FOLDER/NAME


def content_of(file):
    if file.startswith(("http://", "https://")):
        return urllib.request.urlopen(file).read()
    if not Path(file).exists():
        raise SystemExit(f"{{file}} is not here: say where it is, as in python {{sys.argv[0]}} FOLDER/{{file}}")
    content = Path(file).read_bytes()
    if content[:2] == b"\\x1f\\x8b":
        return gzip.decompress(content)
{unpacking}    return content


"""
_UNPACKING = """\
    if content[:4] == b"PK\\x03\\x04":
        with zipfile.ZipFile(file) as archive:
            return archive.read(next(member for member in archive.infolist() if not member.is_dir()))
"""
_CSV = """\
def rows_of(file):
    text = content_of(file).decode({encoding!r}, {errors!r}).removeprefix("\\ufeff").replace("\\0", "")
    lines = io.StringIO(text, newline=None)
    for _ in range({skip}):
        next(lines)
    csv.field_size_limit(2**24)
    rows = [row for row in csv.reader(lines, {options}) if row]{header}
    return [row for row in rows if len(row) == len(names){whole}]


"""
_EXCEL = """\
def words(value):
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else str(value)


def rows_of(file):
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content_of(file))).get_sheet_by_name({sheet!r})
    rows = [[words(value) for value in row] for row in list(sheet.iter_rows())[{skip}:]]
    rows = [row for row in rows if any(row)]{header}
    return [(row + [None] * len(names))[: len(names)] for row in rows]


"""
_JSON = """\
def words(value):
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | dict | list) else repr(value)


def objects_of(content):
    for line in content.split(b"\\n"):
        try:
            value = json.loads(line.decode("utf-8-sig"))
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def rows_of(file):
    rows = list(objects_of(content_of(file)))
    keys = dict.fromkeys(key for row in rows for key in row)
    return [[words(row.get(key)) for key in keys] for row in rows]


"""
_PARQUET = """\
def frame_of(file):
    files = sorted(Path(file).rglob("*.parquet")) if Path(file).is_dir() else [io.BytesIO(content_of(file))]
    frame = pd.concat([pd.read_parquet(part) for part in files], ignore_index=True)
    return frame.set_axis(names, axis=1)


"""
_FRAME = """\
def frame_of(file):
    frame = pd.DataFrame(rows_of(file), columns=names, dtype=object)
    frame = frame.map(lambda value: value.strip(" ") or None, na_action="ignore")
{typed}    return frame


"""
_NUMBERS_IN = """\
def numbers_in(words, unit=""):
    \"\"\"As the file writes them; NaN for what is none.\"\"\"
    digits = words.astype("string").str.replace(unit, "", regex=False).str.strip()
    digits = digits{digits}
    return pd.to_numeric(digits, errors="coerce").astype(float)


"""
_SPELLED = """\
def spelled(words):
    \"\"\"Numbers as a person writes them: 1.0 is 1.\"\"\"
    numbers = numbers_in(words)
    told = [f"{number:.0f}" if number == np.trunc(number) else repr(number) for number in numbers]
    return words.where(numbers.isna(), told)


"""
TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %H:%M:%S.%f", " %I:%M %p")
MANNERS = {
    "year_first": ("%Y/%m/%d", "%Y.%m.%d"),
    "day_first": ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"),
    "month_first": ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y"),
    "month_name": ("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d. %B %Y", "%b %d, %Y", "%B %d, %Y"),
}
_DATES_IN = """\
def dates_in(words):
    \"\"\"In the manner that suits most of them.\"\"\"
    found = [pd.to_datetime(words, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)]
    for manner in {manners}:
        dates = pd.Series(pd.NaT, words.index)
        for how in [date + time for date in manner for time in {times}]:
            dates = dates.fillna(pd.to_datetime(words, format=how, errors="coerce"))
        found.append(dates)
    return max(found, key=lambda dates: dates.notna().sum())


"""


def imports(dataset: Dataset) -> str:
    """Of the standard library, and what else the reading needs."""
    if loading_script(dataset.id):
        return ""
    assert dataset.origin, "a table that is not built in was brought"
    packed = [] if dataset.origin.dialect.format == "excel" else ["zipfile"]
    further = {
        "csv": ["csv", *(["re"] if dataset.left_out else [])],
        "excel": ["datetime"],
        "json_lines": ["json"],
        "parquet": [],
    }
    modules = ["gzip", "io", "sys", "urllib.request", *packed, *further[dataset.origin.dialect.format]]
    return "".join(f"import {module}\n" for module in sorted(modules))


def further_imports(dataset: Dataset) -> str:
    is_excel = dataset.origin is not None and dataset.origin.dialect.format == "excel"
    return "from python_calamine import CalamineWorkbook\n" if is_excel and not loading_script(dataset.id) else ""


def reading(dataset: Dataset, preparation: Preparation) -> str:
    """Makes `frame`, with a column a name; test rows of a file of their own stand last."""
    if built_in := loading_script(dataset.id):
        joined = "frame = pd.concat([frame, test_frame], ignore_index=True)\n" if _has_file(dataset) else ""
        return f"import pandas as pd\n{built_in}{joined}" if "import pandas" not in built_in else f"{built_in}{joined}"
    assert dataset.origin
    names = f"names = {pformat([column.name for column in dataset.columns], width=110, compact=True)}\n"
    lines = [names, _where(dataset.origin), _rows(dataset), "frame = frame_of(file)\n"]
    if dataset.origin.dialect.format != "parquet":
        lines.insert(3, _frame(dataset, preparation))
    if _has_file(dataset):
        test = f"sys.argv[2] if len(sys.argv) > 2 else {dataset.origin.test_file!r}"
        lines += [f"test_frame = frame_of({test})\nframe = pd.concat([frame, test_frame], ignore_index=True)\n"]
    return "".join(lines)


def _has_file(dataset: Dataset) -> bool:
    return dataset.split is not None and dataset.split.method == "file"


def _where(origin: Origin) -> str:
    return _WHERE.format(file=origin.file, unpacking="" if origin.dialect.format == "excel" else _UNPACKING)


def _rows(dataset: Dataset) -> str:
    assert dataset.origin
    dialect = dataset.origin.dialect
    facts = {"skip": dialect.skip, "header": "[1:]" if dialect.header else ""}
    if dialect.format == "excel":
        return _EXCEL.format(sheet=dialect.sheet, **facts)
    if dialect.format == "json_lines":
        return _JSON
    if dialect.format == "parquet":
        return _PARQUET
    is_utf8 = dialect.encoding in ("utf-8", "utf-8-sig")
    left = " and not any(map(re.compile('[\\udc80-\\udcff]').search, row))" if is_utf8 and dataset.left_out else ""
    errors = "surrogateescape" if is_utf8 else "replace"
    facts |= {"encoding": dialect.encoding, "errors": errors, "options": _options(dialect), "whole": left}
    return _CSV.format(**facts)


def _options(dialect: Dialect) -> str:
    options = [f"delimiter={dialect.delimiter!r}"]
    options += [f"quotechar={dialect.quote!r}"] if dialect.quote else ["quoting=csv.QUOTE_NONE"]
    return ", ".join([*options, *(["escapechar='\\\\'"] if dialect.escape == "\\" else [])])


def _frame(dataset: Dataset, preparation: Preparation) -> str:
    """Words become numbers and dates where the columns hold some."""
    assert dataset.origin
    split = dataset.split or Split()
    wanted = [c for c in dataset.columns if c in dataset.used or c.field in (split.column, *split.compared)]
    numbers = {column.name: column.unit for column in wanted if isinstance(column, Number)}
    dates = [column.name for column in wanted if isinstance(column, Date)]
    words = [name for name, levels in _levels(preparation).items() if _are_spelled_numbers(levels)]
    typed = [
        f"    for name, unit in {numbers!r}.items():\n        frame[name] = numbers_in(frame[name], unit)\n"
    ] * bool(numbers)
    typed += [f"    for name in {dates!r}:\n        frame[name] = dates_in(frame[name])\n"] * bool(dates)
    typed += [f"    for name in {words!r}:\n        frame[name] = spelled(frame[name])\n"] * bool(words)
    functions = [_numbers_in(dataset.origin.dialect)] * bool(numbers or words)
    functions += [_dates_in(dataset.origin.dialect)] * bool(dates) + [_SPELLED] * bool(words)
    return "".join([*functions, _FRAME.format(typed="".join(typed))])


def _numbers_in(dialect: Dialect) -> str:
    marks = [(dialect.thousands, "")] * bool(dialect.thousands) + [(dialect.decimal, ".")] * (dialect.decimal != ".")
    return _NUMBERS_IN.format(digits="".join(f".str.replace({old!r}, {new!r}, regex=False)" for old, new in marks))


def _dates_in(dialect: Dialect) -> str:
    order = ["year_first", "day_first", "month_first", "month_name"]
    if not dialect.day_first:
        order[1:3] = ["month_first", "day_first"]
    return _DATES_IN.format(manners=[MANNERS[name] for name in order], times=TIMES)


def _levels(preparation: Preparation) -> dict[str, tuple[str, ...]]:
    target = preparation.target
    return {category.name: category.levels for category in preparation.categories} | {target.name: target.levels}


def _are_spelled_numbers(levels: Iterable[str]) -> bool:
    """Some are numbers, and all of these as they are spelled: the file may have written 1.0 for 1."""
    numbers = {level: _number(level) for level in levels}
    found = {level: number for level, number in numbers.items() if number is not None}
    return bool(found) and all(level == _spelled(number) for level, number in found.items())


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _spelled(number: float) -> Any:
    return f"{number:.0f}" if number.is_integer() else repr(number)
