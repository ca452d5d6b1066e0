"""The specification while it is being edited: it may be nonsense for a moment, and every change can be undone."""

import copy
import json
from typing import Any

from dl.specs import RunSpec

UNDO_LIMIT = 50


class Draft:
    """`value` is a specification as plain JSON values; `revision` changes when widgets must show new values.

    `id` is what it is called on the disk, None before it is there; `is_own` says that this session put it there. One
    that was opened as another's keeps that name beside its own.
    """

    def __init__(self, spec: RunSpec, id: str | None = None, revision: int = 0) -> None:
        self.value: dict[str, Any] = plain_value(spec)
        self.revision = revision
        self.id, self._opened_as, self.is_own = id, id, False
        self._kept = copy.deepcopy(self.value)
        self._saved = self._kept
        self._past: list[dict[str, Any]] = []
        self._future: list[dict[str, Any]] = []

    @property
    def inputs(self) -> list[dict[str, Any]]:
        return self.value["model"]["inputs"]

    @property
    def layers(self) -> list[dict[str, Any]]:
        return self.value["model"]["layers"]

    @property
    def training(self) -> dict[str, Any]:
        return self.value["training"]

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    @property
    def is_saved(self) -> bool:
        """As it is now; a network that nobody has changed yet counts as saved."""
        return self.value == self._saved

    def is_called(self, id: str) -> bool:
        return id in (self.id, self._opened_as)

    def saved_as(self, id: str) -> None:
        self.id, self.is_own = id, True
        self._saved = copy.deepcopy(self.value)

    def replace(self, spec: RunSpec) -> None:
        self.value = plain_value(spec)
        self.changed()

    def changed(self) -> None:
        """Call after a change that did not come from the widgets themselves."""
        self.keep()
        self.revision += 1

    def keep(self) -> None:
        """Remember the value before this change for `undo`; nothing happens if there was none."""
        if self.value != self._kept:
            self._past = [*self._past, self._kept][-UNDO_LIMIT:]
            self._future = []
            self._kept = copy.deepcopy(self.value)

    def undo(self) -> None:
        self._go(self._past, self._future)

    def redo(self) -> None:
        """Take back an `undo`, as long as nothing else has been changed since."""
        self._go(self._future, self._past)

    def _go(self, there: list[dict[str, Any]], back: list[dict[str, Any]]) -> None:
        if there:
            back.append(self._kept)
            self._kept = there.pop()
            self.value = copy.deepcopy(self._kept)
            self.revision += 1

    def move(self, place: int, by: int) -> None:
        self.layers.insert(place + by, self.layers.pop(place))
        self.changed()

    def remove(self, place: int) -> None:
        del self.layers[place]
        self.changed()

    def insert(self, place: int, layer: dict[str, Any]) -> None:
        self.layers.insert(place, layer)
        self.changed()


def plain_value(spec: RunSpec) -> dict[str, Any]:
    return json.loads(spec.model_dump_json())
