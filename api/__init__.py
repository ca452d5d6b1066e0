"""Plain HTTP beside the pages: what a run does, pushed as it happens, its curves in any detail, a table's rows, and
what a trained network answers.

Starlette only: the server process hands in runs, data sets and what it knows of origins.
"""

from api.live import Live
from api.predict import Predict
from api.rows import Rows

__all__ = ["Live", "Predict", "Rows"]
