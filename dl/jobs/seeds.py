"""The same training once more with other seeds."""

from collections.abc import Callable, Sequence

from dl.datasets import Dataset, DatasetStore
from dl.errors import CannotRepeat
from dl.jobs.supervisor import Supervisor
from dl.runs.run import Run
from dl.specs import RunSpec


def repeat_with_seeds(
    run: Run, seeds: Sequence[int], supervisor: Supervisor, store: DatasetStore, named: Callable[[int], str]
) -> list[Run]:
    """Queue a run for each seed, called what `named` says of it.

    Raises CannotRepeat for a fork, which goes on with another run's weights and seed, and where the data are others by
    now; DatasetError where they are not here.
    """
    spec = run.spec()
    dataset = store.imported(spec.data.dataset)
    if spec.fork or dataset.fingerprint != spec.data.fingerprint:
        raise CannotRepeat(run=run.id, reason="fork" if spec.fork else "data")
    return [_queued(seed, spec, dataset, supervisor, named(seed)) for seed in seeds]


def _queued(seed: int, spec: RunSpec, dataset: Dataset, supervisor: Supervisor, name: str) -> Run:
    training = spec.training.model_copy(update={"seed": seed})
    run = supervisor.submit(spec.model_copy(update={"training": training}), dataset)
    run.relabel(name=name)
    return run
