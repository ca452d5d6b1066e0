"""What a model card and a report tell of a run, in the reader's language: text that each makes safe in its way."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dl.evaluation.classification import per_class_scores
from dl.evaluation.intervals import Estimate
from dl.runs.environment import read_environment
from dl.specs.summary import structure, summarize
from dl.tasks.metrics import ACCURACY, R2_SCORE
from ui.evaluate.table.answers import Answers
from ui.evaluate.takeaway.limits import limits
from ui.format import duration, exact_time, metric_name, number, percent, score
from ui.shared.datasets import dataset_name
from ui.text import paragraph, t

OWN_NAMES = {"r_squared": R2_SCORE.name}  # of scores, as the results of a run call them
MOST_CLASSES = 100
DIGITS_OF_HASH = 16


@dataclass(frozen=True)
class Chapter:
    """`sentences` one below the other, then `facts` (what, how much), then a table of which the first row heads it."""

    name: str
    sentences: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    table: Sequence[Sequence[str]] = ()

    @property
    def title(self) -> str:
        return t(f"report.{self.name}")


def title_of(answers: Answers) -> str:
    label = answers.run.label().name
    return f"#{answers.run.id} · {label or dataset_name(answers.dataset.id)}"


def chapters(answers: Answers) -> list[Chapter]:
    told = [
        Chapter("summary", [summary(answers)]),
        Chapter("data", facts=list(_data(answers))),
        Chapter("scores", [t("report.scores_what")], table=_scores(answers)),
        Chapter("training", facts=list(_training(answers))),
        Chapter("limits", limits(answers)),
        Chapter("repeat", [t("report.repeat_what")]),
    ]
    if answers.of_classes:
        told.insert(3, Chapter("classes", table=_classes(answers)))
    return told


def summary(answers: Answers) -> str:
    """The answer in one or two sentences, with what guessing reaches."""
    results = answers.run.results()
    guess = results.baseline if results else None
    if not answers.of_classes:
        found, mean = answers.scores["root_mean_squared_error"], answers.mean_guess["root_mean_squared_error"]
        facts = _told(found, lambda value: _in_unit(value, answers))
        return t("report.summary_number", rows=len(answers.targets), guess=_in_unit(mean.value, answers), **facts)
    found, right = answers.scores["accuracy"], int((answers.predicted == answers.targets).sum())
    said = [t("report.summary_class", right=right, rows=len(answers.targets), **_told(found, percent))]
    if guess and "class" in guess.facts:
        name = answers.names[int(guess.facts["class"])]
        said.append(t("report.summary_guess", name=name, guess=percent(guess.score)))
    return paragraph(*said)


def _told(found: Estimate, write: Callable[[float], str]) -> dict[str, str]:
    return {"value": write(found.value), "low": write(found.low), "high": write(found.high)}


def _in_unit(value: float, answers: Answers) -> str:
    return f"{number(value)} {answers.unit}".rstrip()


def _data(answers: Answers) -> Iterator[tuple[str, str]]:
    known, spec = answers.dataset, answers.run.spec()
    held_out = round(known.rows.train * spec.data.validation_share)
    yield t("report.name"), dataset_name(known.id)
    rows = {"train": known.rows.train - held_out, "validation": held_out, "test": known.rows.test}
    yield t("report.rows"), t("report.rows_of", **rows)
    yield t("report.split"), t(f"report.split_{known.split.method if known.split else 'official'}")
    if known.left_out:
        yield t("report.left_out"), f"{known.left_out:,}"
    if known.picture:
        yield t("report.inputs"), t("report.inputs_picture", shape="×".join(map(str, known.shape)))
    else:
        entering = spec.model.columns.columns if spec.model.columns else None
        names = entering or [column.name for column in known.features]
        yield t("report.inputs"), f"{len(names)}: {t('format.list').join(names)}"
    yield t("report.target"), _target(answers)
    yield t("report.source"), known.source or (known.origin.file if known.origin else "–")
    yield t("report.licence"), known.licence or t("report.no_licence")
    yield t("report.fingerprint"), known.fingerprint[:DIGITS_OF_HASH]


def _target(answers: Answers) -> str:
    target, names = answers.dataset.target.name, answers.names
    if not names:
        return t("report.target_in_unit" if answers.unit else "report.target_number", target=target, unit=answers.unit)
    shown = t("format.list").join(names[:MOST_CLASSES])
    return t("report.target_class", target=target, count=len(names), names=shown)


def _scores(answers: Answers) -> list[list[str]]:
    results = answers.run.results()
    kept = dict(results.scores) if results else {}
    guesses = results.baseline.scores if results and results.baseline else {}
    lines = [[t(f"report.{name}") for name in ("score", "value", "range", "guess")]]
    for name, found in answers.scores.items():
        own = OWN_NAMES.get(name, name)
        kept.pop(own, None)
        guess = _written(name, guesses[own], answers) if own in guesses else "–"
        low, high = (_written(name, value, answers) for value in (found.low, found.high))
        lines.append([t(f"answers.{name}"), _written(name, found.value, answers), f"{low} – {high}", guess])
    return lines + [[metric_name(name), score(name, value, answers.unit), "–", "–"] for name, value in kept.items()]


def _written(name: str, value: float, answers: Answers) -> str:
    if name in (ACCURACY.name, "precision", "recall"):
        return percent(value)
    return _in_unit(value, answers) if name.endswith("error") else number(value)


def _classes(answers: Answers) -> list[list[str]]:
    table = per_class_scores(answers.evaluation().matrix)
    heads = ("class", "precision", "recall", "f1", "support")
    lines = [[t(f"evaluate.{name}") for name in heads]]
    for name, *shares, support in zip(answers.names[:MOST_CLASSES], *(table[head] for head in heads[1:]), strict=False):
        lines.append([name, *map(percent, shares), f"{support:,}"])
    return lines


def _training(answers: Answers) -> Iterator[tuple[str, str]]:
    run = answers.run
    spec, status = run.spec(), run.status()
    training = spec.training
    parameters = summarize(spec.model, answers.dataset.shape, run.preparation()).parameters
    yield t("report.network"), t("report.network_of", structure=structure(spec.model), parameters=parameters)
    yield t("report.loss"), t(f"configure.loss_{training.loss}")
    optimizer = t(f"configure.optimizer_{training.optimizer.type}")
    yield t("report.optimizer"), t("report.optimizer_of", name=optimizer, rate=f"{training.optimizer.learning_rate:g}")
    reached = {"epochs": len(run.epochs()), "planned": training.epochs, "batch": training.batch_size}
    yield t("report.epochs"), t("report.epochs_of", **reached)
    yield t("report.seed"), str(training.seed)
    yield t("report.seconds"), duration(status.fit_seconds)
    if status.ended_at:
        yield t("report.ended"), exact_time(status.ended_at)
    if spec.fork:
        yield t("report.fork"), t("report.fork_of", run=spec.fork.run, epoch=spec.fork.epoch)
    if found := read_environment(run.folder):
        versions = f"Python {found.python}, Keras {found.keras}, TensorFlow {found.tensorflow}, NumPy {found.numpy}"
        yield t("report.versions"), versions
        yield t("report.machine"), t("report.machine_of", system=found.system, cores=found.cores, gpus=found.gpus)
