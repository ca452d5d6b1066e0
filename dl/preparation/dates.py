"""The parts of a point in time, by arithmetic alone: the same in NumPy and, in an exported model, in Keras."""

from typing import Any

DAY_SECONDS = 86_400
PARTS = ("days", "year", "month", "day", "weekday", "hour")


def date_parts(seconds: Any, floor: Any, where: Any) -> dict[str, Any]:
    """Of `seconds` since 1970 in float64: days since then, year, month, day, weekday (Monday is 0) and hour.

    `floor` and `where` are those of NumPy or of `keras.ops`. H. Hinnant, "chrono-compatible low-level date algorithms"
    (civil_from_days), whose years begin in March.
    """
    days = floor(seconds / DAY_SECONDS)
    shifted = days + 719_468
    era = floor(shifted / 146_097)
    of_era = shifted - era * 146_097
    year_of_era = floor((of_era - floor(of_era / 1460) + floor(of_era / 36_524) - floor(of_era / 146_096)) / 365)
    of_year = of_era - (365 * year_of_era + floor(year_of_era / 4) - floor(year_of_era / 100))
    from_march = floor((5 * of_year + 2) / 153)
    month = where(from_march < 10, from_march + 3, from_march - 9)
    return {
        "days": days,
        "year": year_of_era + era * 400 + where(month <= 2, 1.0, 0.0),
        "month": month,
        "day": of_year - floor((153 * from_march + 2) / 5) + 1,
        "weekday": (days + 3) - floor((days + 3) / 7) * 7,
        "hour": floor((seconds - days * DAY_SECONDS) / 3600),
    }
