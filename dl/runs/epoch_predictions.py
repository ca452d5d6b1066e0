"""What the network of each kept epoch answered on the test set: small files beside the answers of the end."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dl.errors import RunDamaged
from dl.files import write_array
from dl.runs.run import Predictions, Run


def kept_epochs(run: Run) -> list[int]:
    """Those whose weights can be called back, the first one first."""
    return sorted({point.epoch for point in run.checkpoints.list() if point.epoch and not point.within})


def missing_epochs(run: Run) -> list[int]:
    """Kept ones whose answers were not written yet."""
    return [epoch for epoch in kept_epochs(run) if not epoch_file(run, epoch).exists()]


def write_epoch(run: Run, epoch: int, outputs: NDArray[np.float32], of_classes: bool) -> None:
    """Probabilities in half precision, in which the likeliest class stays so; numbers as they are."""
    write_array(epoch_file(run, epoch), halved(outputs) if of_classes else outputs)


def predictions_at(run: Run, epoch: int | None) -> Predictions | None:
    """Of a kept epoch or, without one, of the end, which stay on disk; None before they were written.

    Raises RunDamaged.
    """
    if epoch is None:
        return run.predictions(mapped=True)
    final = run.predictions(mapped=True)
    if final is None or not epoch_file(run, epoch).exists():
        return None
    try:
        outputs = np.load(epoch_file(run, epoch), allow_pickle=False).astype(np.float32)
    except (OSError, ValueError, EOFError) as error:
        raise RunDamaged(run=run.id, file=f"predictions/{epoch_file(run, epoch).name}") from error
    if outputs.shape != final.outputs.shape:
        raise RunDamaged(run=run.id, file=f"predictions/{epoch_file(run, epoch).name}")
    return replace(final, outputs=outputs)


def halved(outputs: NDArray[np.float32]) -> NDArray[np.float16]:
    """Two probabilities may become the same; then the one that was greater is made the next greater number."""
    half, rows, best = outputs.astype(np.float16), np.arange(len(outputs)), outputs.argmax(axis=1)
    lost = half.argmax(axis=1) != best
    half[rows[lost], best[lost]] = np.nextafter(half[rows[lost], best[lost]], np.float16(np.inf))
    return half


def epoch_file(run: Run, epoch: int) -> Path:
    return run.folder / "predictions" / f"epoch-{epoch:06d}.npy"
