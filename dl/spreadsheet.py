"""Text that a spreadsheet takes for what it is (OWASP, CSV injection)."""

import re

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def without_formulas(text: str) -> str:
    """What a spreadsheet would compute gets an apostrophe before it; numbers stay numbers."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    """In any manner of writing: after its sign, a formula needs more than digits and marks between them."""
    return is_float(text) or re.fullmatch(r"[-+]?\d[\d.,'’ \u00a0\u202f]*", text) is not None


def is_float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
