"""What was recorded of every step and epoch of a run. Who reads curves finds all there is for it here.

The way of a loss to the screen: `StepLog.append` writes it into `steps.bin`; a `Tail` of `api` sees that there is more
and asks `LiveRun.news`, which has it from `new_steps`, or from `whole_curve` for who is new; `accept` in `stream.js`
takes the event, and `live_chart.js` draws. `schema` says what a record is; `history` reads and thins any range.
"""

from dl.runs.log.curve import COLUMNS, MOST_NEW_STEPS, Range, last_time, new_steps, whole_curve
from dl.runs.log.history import count_steps, decimate, step_records
from dl.runs.log.json_lines import read_lines_from
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
