"""The weights of a network as small pictures that change where they stand while it learns."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ui.charts.palette import palette
from ui.components.live import Events, Source, component

HEIGHT = 176  # pixels, whatever the network: what stands below must not move when its weights come
_mount = component("live_network")


@dataclass(frozen=True)
class NetworkWords:
    """`layer` is read aloud for a layer's pictures, with {name} and {greatest}, the largest weight, filled in."""

    title: str = "The weights of the network"
    layer: str = "{name}: weights up to {greatest}"
    negative: str = "negative weight"
    positive: str = "positive weight"
    empty: str = "Nothing yet"


def live_network(
    source: Source,
    names: Sequence[str],
    *,
    key: str,
    words: NetworkWords = NetworkWords(),
    events: Events | None = None,
    dark: bool = False,
) -> None:
    """`names` are those of all layers of the specification, in order."""
    data = {"source": source.plain(), "names": list(names), "labels": asdict(words), "events": events}
    _mount(key=key, data=data | {"colors": palette(dark).diverging}, height=HEIGHT)
