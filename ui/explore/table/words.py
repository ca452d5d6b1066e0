"""What stands in the charts of a table, in the reader's language."""

from dl.profiles.profile import Profile
from ui.charts.table_bars import Words
from ui.explore.table.figures import short
from ui.text import t


def chart_words(profile: Profile) -> Words:
    target = profile.column(profile.target.field)
    return Words(
        rows=t("table.rows"),
        share=t("table.share"),
        others=t("table.others"),
        missing=t("table.missing_target"),
        mean=t("table.mean_of", target=short(target.name)),
    )
