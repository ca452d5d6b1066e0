"""What was chosen before, by network, batch size and machine."""

import hashlib
import json
from pathlib import Path

import tensorflow as tf
from pydantic import ValidationError

from dl.files import write_atomically
from dl.runs.engine import Engine
from dl.specs import RunSpec
from dl.specs.layers import Shape

LASTING = ("measured", "known")  # others follow from the length of a training, or from what may be mended


class EngineMemory:
    """One small file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def recall(self, spec: RunSpec, input_shape: Shape) -> Engine | None:
        try:
            engine = Engine.model_validate(self._all()[_key(spec, input_shape)])
        except (KeyError, ValidationError):
            return None
        reason = "remembered" if engine.reason == "measured" else engine.reason
        return engine.model_copy(update={"reason": reason, "choice_seconds": 0.0})

    def note(self, spec: RunSpec, input_shape: Shape, engine: Engine) -> None:
        if engine.reason in LASTING:
            self._write(spec, input_shape, engine)

    def note_fit(self, spec: RunSpec, input_shape: Shape, seconds: float) -> None:
        """What a step of Keras's `fit` takes here; kept only beside a choice."""
        if engine := self.recall(spec, input_shape):
            reason = "measured" if engine.reason == "remembered" else engine.reason
            self._write(spec, input_shape, engine.model_copy(update={"reason": reason, "fit_seconds": seconds}))

    def _write(self, spec: RunSpec, input_shape: Shape, engine: Engine) -> None:
        known = self._all() | {_key(spec, input_shape): engine.model_dump()}
        write_atomically(self._path, json.dumps(known, indent=1).encode())

    def _all(self) -> dict[str, object]:
        try:
            return dict(json.loads(self._path.read_bytes()))
        except (OSError, ValueError):
            return {}


def _key(spec: RunSpec, input_shape: Shape) -> str:
    training = spec.training
    devices = [device.device_type for device in tf.config.list_logical_devices()]
    decisive = [spec.model.model_dump(), input_shape, training.batch_size, training.optimizer.type, training.loss]
    decisive += [training.precision, training.class_weight, tf.__version__, devices]
    return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()[:16]
