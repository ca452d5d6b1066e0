"""A metric of a run that trains, such as its accuracy, as a number and a small curve."""

from ui.components.live import Events, Source, component

HEIGHT = 118
_mount = component("live_spark")


def live_spark(
    source: Source, metric: str, label: str, percent: str, *, key: str, events: Events | None = None
) -> None:
    """`percent` is the pattern of a share, such as `{number} %`."""
    data = {"source": source.plain(), "metric": metric, "label": label, "percent": percent, "events": events}
    _mount(key=key, data=data, height=HEIGHT)
