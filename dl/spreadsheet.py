"""Text that a spreadsheet takes for what it is (OWASP, CSV injection)."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def without_formulas(text: str) -> str:
    """What a spreadsheet would compute gets an apostrophe before it; numbers stay numbers."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
