"""All that is looked at before Keras gets a foreign model to load."""

from pathlib import Path

from dl.models.archive import look_into
from dl.models.sizes import check_sizes
from dl.models.weights import look_at_weights


def look(path: Path) -> None:
    """To be called where a fault of the reader of weights does no harm. Raises ModelRefused."""
    config = look_into(path)
    check_sizes(config, stored=look_at_weights(path))
