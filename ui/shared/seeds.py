"""The same training with other seeds: what is repeated, and which runs belong together."""

from collections.abc import Sequence

from dl.errors import LivefitError
from dl.runs import Run
from dl.specs import RunSpec
from ui.server import server
from ui.shared.runs import run_label
from ui.text import t

SEEDS = 5


def but_for_the_seed(spec: RunSpec) -> str:
    """The same for runs that differ by their seed alone."""
    return spec.model_copy(update={"training": spec.training.model_copy(update={"seed": 0})}).model_dump_json()


def seed_mates(run: Run) -> list[Run]:
    """The runs that differ from this one by their seed alone, one a seed, itself among them; the oldest first."""
    own, found = run.spec(), dict[int, Run]()
    for other in reversed(server().runs.list()):
        try:
            spec = other.spec()
        except LivefitError:
            continue
        if but_for_the_seed(spec) == but_for_the_seed(own):
            found.setdefault(spec.training.seed, other)
    return list((found | {own.training.seed: run}).values())


def repeat_with_seeds(run: Run) -> list[Run]:
    """Queue as many runs as are missing to five, named after this one; all of them. Raises LivefitError."""
    spec, mates, shared = run.spec(), seed_mates(run), server()
    used = {mate.spec().training.seed for mate in mates}
    free = (seed for seed in range(10_000) if seed not in used)
    for _ in range(SEEDS - len(mates)):
        seed = next(free)
        wanted = spec.model_copy(update={"training": spec.training.model_copy(update={"seed": seed})})
        made = shared.supervisor.submit(wanted, shared.datasets.imported(spec.data.dataset))
        name = run.label().name or run_label(run)
        made.relabel(name=t("compare.seed_name", name=name[:60], seed=seed))
        mates.append(made)
    return mates


def groups_of(runs: Sequence[Run]) -> list[list[Run]]:
    """Those that differ by their seed alone together, in the order of their first ones."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(but_for_the_seed(run.spec()), []).append(run)
    return list(found.values())
