"""From the columns of a table to the arrays that a network takes: what is learnt for it, and how it is done.

`ColumnsInput` says what is wanted, `learning.preparation_of` finds what that needs to know in the training rows, and
`encoding.encoded` makes the arrays. What is loaded here needs neither DuckDB nor Arrow.
"""

from dl.preparation.columns_input import ColumnsInput
from dl.preparation.preparation import Preparation, PreparedCategory, PreparedNumber, PreparedTarget

__all__ = ["ColumnsInput", "Preparation", "PreparedCategory", "PreparedNumber", "PreparedTarget"]
