"""Files as people bring them: broken, hostile or only unusual. `FILES[name]()` is the content and what it is called."""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

Content = tuple[bytes, str]
SQL_NAME = '"; DROP TABLE x; --'


def csv(text: str, encoding: str = "utf-8") -> Content:
    return text.encode(encoding), "broken.csv"


def rows(count: int, row: Callable[[int], str], header: str = "a,b,y") -> Content:
    return csv(header + "\n" + "".join(row(n) + "\n" for n in range(count)))


def plain(n: int) -> str:
    return f"{n / 4},{n % 5}.5,{'yes' if n % 3 else 'no'}"


def workbook(fill: Callable[[openpyxl.Workbook], None], name: str = "broken.xlsx") -> Content:
    book, file = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(file)
    return file.getvalue(), name


def _merged(book: openpyxl.Workbook) -> None:
    _filled(book)
    book.active.merge_cells("A2:A5")


def _filled(book: openpyxl.Workbook) -> None:
    for values in [("a", "b", "y"), *((n, n * 1.5, "yes" if n % 2 else "no") for n in range(30))]:
        book.active.append(values)


def _formulas(book: openpyxl.Workbook) -> None:
    _filled(book)
    for row in range(2, 32):
        book.active[f"B{row}"] = f"=A{row}*2"


def _two_sheets(book: openpyxl.Workbook) -> None:
    _filled(book.create_sheet("second").parent)
    book.active = 1


def zip_bomb() -> Content:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    return file.getvalue(), "bomb.xlsx"


def parquet(columns: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def nested() -> Content:
    structures = [{"x": n, "y": [n, n]} for n in range(30)]
    return parquet({"a": structures, "tags": [["p", "q"]] * 30, "y": [n % 2 for n in range(30)]}), "nested.parquet"


def many_columns(count: int) -> Content:
    lines = [",".join([str(n * n)] * count) for n in range(12)]
    return csv("\n".join([",".join(f"x{n}" for n in range(count)), *lines]) + "\n")


DATES = ("2020-{0:02}-{1:02}", "{1}/{0}/2020", "{0}/{1}/2020", "{1}.{0}.2020 10:30", "{1} Mar 2020")
FILES: dict[str, Callable[[], Content]] = {
    "empty": lambda: csv(""),
    "only_blank_lines": lambda: csv("\n\n  \n"),
    "header_only": lambda: csv("a,b,y\n"),
    "one_row": lambda: rows(1, plain),
    "one_column": lambda: rows(30, str, "a"),
    "ragged": lambda: rows(40, lambda n: plain(n) + (",x" if n % 10 == 0 else "")),
    "mostly_ragged": lambda: rows(40, lambda n: plain(n) if n % 4 == 0 else ",".join("x" * (n % 4 + 4)), "a,b,y"),
    "unbalanced_quote": lambda: rows(40, lambda n: f'"{plain(n)}' if n == 20 else plain(n)),
    "quotes_inside": lambda: rows(40, lambda n: f'{n},say "hi" now,{n % 2}'),
    "nul_bytes": lambda: rows(40, lambda n: plain(n) + ("\0" if n == 7 else "")),
    "binary": lambda: (random.Random(0).randbytes(5000), "picture.csv"),
    "bom": lambda: (b"\xef\xbb\xbf" + rows(40, plain)[0], "bom.csv"),
    "latin_1": lambda: csv("naïve,été,y\n" + "".join(f"{n},é{n % 3},{n % 2}\n" for n in range(40)), "cp1252"),
    "gb18030": lambda: csv("城市,人口,y\n" + "".join(f"北京{n % 4},{n},{n % 2}\n" for n in range(40)), "gb18030"),
    "utf_16": lambda: csv(rows(40, plain)[0].decode(), "utf-16"),
    "mixed_encoding": lambda: (
        rows(40, lambda n: f"{n / 2},café,{n % 2}")[0] + b"7,caf\xe9,1\n",
        "mixed.csv",
    ),
    "mixed_line_ends": lambda: csv(rows(40, plain)[0].decode().replace("\n", "\r\n", 9)),
    "old_mac_line_ends": lambda: csv(rows(40, plain)[0].decode().replace("\n", "\r")),
    "mixed_types": lambda: rows(60, lambda n: f"{'many' if n % 2 else n},{n},{n % 2}"),
    "10000_columns": lambda: many_columns(10_000),
    "2000_columns": lambda: many_columns(2_000),
    "300_columns": lambda: many_columns(300),
    "same_names": lambda: rows(40, plain, "a,a,a"),
    "no_names": lambda: rows(40, plain, ",,"),
    "1_mb_in_a_cell": lambda: rows(40, lambda n: f"{n / 2},{'x' * 1_000_000 if n == 3 else 'x'},{n % 2}"),
    "5_mb_in_a_cell": lambda: rows(40, lambda n: f"{n / 2},{'x' * 5_000_000 if n == 3 else 'z'},{n % 2}"),
    "all_missing": lambda: rows(40, lambda n: ",,"),
    "a_column_of_gaps": lambda: rows(40, lambda n: f"{n / 2},NA,{n % 2}"),
    "one_class": lambda: rows(40, lambda n: f"{n / 2},{n % 7},yes"),
    "a_class_of_one_row": lambda: rows(40, lambda n: f"{n / 2},{n % 7},{'rare' if n == 3 else 'usual'}"),
    "nan_and_infinite_target": lambda: rows(40, lambda n: f"{n},{n % 7},{('nan', 'inf', '-inf', n / 3)[n % 4]}"),
    **{
        f"dates_{number}": lambda form=form: rows(40, lambda n: f"{form.format(n % 12 + 1, n % 28 + 1)},{n},{n % 2}")
        for number, form in enumerate(DATES)
    },
    "units": lambda: rows(40, lambda n: f"{n} kg,${n}.50,{n % 9} %"),
    "thousands": lambda: csv("a;b;y\n" + "".join(f"1.{n:03},5;{n};{n % 2}\n" for n in range(40))),
    "titles_above": lambda: csv("Sales of 2020\n\na,b,y\n" + rows(40, plain)[0].decode().split("\n", 1)[1]),
    "formula_cells": lambda: rows(40, lambda n: f"=cmd|' /C calc'!A{n % 3},{n / 2},{n % 2}"),
    "html_and_markdown_names": lambda: rows(40, plain, "<script>alert(1)</script>,**b** [c](d),y"),
    "right_to_left_and_emoji_names": lambda: rows(40, plain, "\u202eسعر,🙂🎉,الهدف"),
    "sql_names": lambda: rows(40, plain, '"""; DROP TABLE x; --",b\',y'),
    "merged_cells": lambda: workbook(_merged),
    "formulas": lambda: workbook(_formulas),
    "macros": lambda: workbook(_filled, "macros.xlsm"),
    "two_sheets": lambda: workbook(_two_sheets),
    "empty_workbook": lambda: workbook(lambda _: None),
    "half_a_workbook": lambda: (workbook(_filled)[0][:3000], "half.xlsx"),
    "zip_bomb": zip_bomb,
    "gzip_bomb": lambda: (gzip.compress(b"0" * 80_000_000), "bomb.csv.gz"),
    "half_a_gzip": lambda: (gzip.compress(random.Random(0).randbytes(9000))[:4000], "half.csv.gz"),
    "half_a_parquet": lambda: (parquet({"a": np.arange(999.0), "y": np.arange(999)})[:2000], "half.parquet"),
    "nested_parquet": nested,
    "json_lines_with_bad_ones": lambda: (
        "\n".join(["{", "[1]", *(json.dumps({"a": n, "b": {"c": n}, "y": n % 2}) for n in range(40))]).encode(),
        "some.jsonl",
    ),
    "a_web_page": lambda: csv("\n<!DOCTYPE html><html><body>Sign in, please</body></html>\n" * 20),
    "a_json_array": lambda: (json.dumps([{"a": 1}] * 40, indent=1).encode(), "some.json"),
}
