"""Numbers as people type them: with a decimal point or comma, in groups of three, or with a Chinese keyboard."""

import math
import re
import unicodedata

_OTHER_SIGNS = str.maketrans(
    {"。": ".", "、": ",", "\N{MINUS SIGN}": "-", "'": None, "\N{RIGHT SINGLE QUOTATION MARK}": None}
)
_GROUPS_OF_THREE = re.compile(r"[+-]?\d{1,3}(,\d{3})+")


def whole_number(text: str) -> int | None:
    """1122, 1,122 and 1 122 are the same; what has a decimal point is no whole number, for 1.122 may mean either."""
    plain = _plain(text)
    if _GROUPS_OF_THREE.fullmatch(plain):
        plain = plain.replace(",", "")
    return int(plain) if re.fullmatch(r"[+-]?\d{1,18}", plain) else None


def decimal_number(text: str) -> float | None:
    """0.01 and 0,01 are the same; of two different signs the last one is the decimal one: 1,234.5 and 1.234,5."""
    plain = _plain(text)
    decimal, group = (",", ".") if plain.rfind(",") > plain.rfind(".") else (".", ",")
    try:
        number = float(plain.replace(group, "").replace(decimal, "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def shown_number(value: float) -> str:
    """As it stands in a field: without the digits that come from binary fractions, such as those of 1 / (1 / 255)."""
    return f"{value:.12g}"


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_OTHER_SIGNS).split())
