"""The commands `passport` and `reproduce`: what another Livefit needs to repeat a run, and whether it gets the same."""

import json
import sys
from argparse import Namespace

from dl.commands import report_import, train_here
from dl.datasets import Dataset, DatasetStore
from dl.runs import RunStore
from dl.runs.passport import MOST_BYTES, Passport, parse_passport, passport_of
from dl.runs.reproduction import Difference, data_for, repeat, reproduction
from dl.workspace import Workspace


def passport(arguments: Namespace) -> int:
    workspace = Workspace.from_environment(home=arguments.home)
    print(passport_of(RunStore(workspace.runs).get(arguments.id)).model_dump_json(indent=1))
    return 0


def reproduce(arguments: Namespace) -> int:
    """It is trained again in this process; the exit code is 0 when the same has come out."""
    workspace = Workspace.from_environment(home=arguments.home)
    wanted = parse_passport(_read(arguments.passport))
    run = repeat(wanted, _data(wanted, DatasetStore(workspace)), RunStore(workspace.runs))
    if code := train_here(run, workspace):
        return code
    found = reproduction(run, wanted)
    assert found, "it has just ended"
    because, causes = ([_told(each) for each in part] for part in (found.outcomes, found.causes))
    answer = {"run": run.id, "reproduced": found.same, "because": because, "what_differs": causes}
    print(json.dumps(answer, ensure_ascii=False))
    return 0 if found.same else 1


def _read(path: str) -> bytes:
    """As much as can be one, and a byte more."""
    if path == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with open(path, "rb") as file:
        return file.read(MOST_BYTES + 1)


def _data(wanted: Passport, store: DatasetStore) -> Dataset:
    """What is not here is got, where it is known from where."""
    if (id := wanted.spec.data.dataset) in {known.id for known in store.known()}:
        store.bring(id, report_import)
    return data_for(wanted, store)


def _told(difference: Difference) -> str:
    return " ".join([difference.code, *(f"{name}={value}" for name, value in difference.facts.items())])
