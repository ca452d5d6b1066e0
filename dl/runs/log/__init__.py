"""What was recorded of every step and epoch of a run. Who reads curves finds all there is for it here.

`steps` writes, `schema` says what a record is, `history` reads any range, `curve` makes the lines of a chart of it.
"""

from dl.runs.log.curve import COLUMNS, MOST_NEW_STEPS, Range, last_time, new_steps, whole_curve
from dl.runs.log.history import count_steps, decimate, step_records
from dl.runs.log.lines import read_lines_from
from dl.runs.log.schema import read_schema

__all__ = [
    "COLUMNS",
    "MOST_NEW_STEPS",
    "Range",
    "count_steps",
    "decimate",
    "last_time",
    "new_steps",
    "read_lines_from",
    "read_schema",
    "step_records",
    "whole_curve",
]
