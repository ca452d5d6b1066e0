"""Every fault that the library can report has a sentence without a hole in it, in both languages."""

import ast
import re
from typing import get_args

import pytest
import streamlit as st

from dl import errors
from dl.datasets.catalogue import BUILTINS
from dl.datasets.tables.left_out import Reason
from dl.errors import Problem, SpecError
from dl.runs.status import Fault
from dl.specs import parse_spec
from dl.specs.checks import cautions, check
from dl.specs.presets import default_spec
from ui.draft import plain_value
from ui.frame import PROJECT
from ui.problems import sentence
from ui.text import LANGUAGES, catalogue

SUMMARY_CODES = {"error", "dataset", "run", "spec", "prediction", "download_failed", "training_failed"}
SUMMARY_CODES |= {"table_unreadable", "wrong_target", "wrong_split"}  # only their kinds are shown
SUMMARY_CODES |= {"passport_refused", "cannot_repeat"}


def source(name: str) -> str:
    return (PROJECT / "dl" / name).read_text("utf-8")


def test_every_code_of_a_problem_has_a_sentence() -> None:
    found = set(re.findall(r'Finding\(\s*"(\w+)"', source("specs/checks.py")))
    found |= set(re.findall(r'LayerMisfit\("(\w+)"', source("specs/layers.py")))
    codes = next(node for node in ast.parse(source("specs/parsing.py")).body if ast.unparse(node).startswith("_CODES"))
    found |= {value.value for value in codes.value.values}  # type: ignore[attr-defined]
    assert len(found) > 15
    assert {f"problem.{code}" for code in found} <= catalogue("en").keys()


def test_every_code_of_an_error_has_a_sentence() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.LivefitError)]
    codes = {kind.code for kind in kinds} - SUMMARY_CODES
    for name in ("worker.py", "commands.py", "runs/status.py", "jobs/supervisor.py"):
        codes |= set(re.findall(r'Fault\(code="(\w+)"', source(name)))
    assert {f"problem.{code}" for code in codes - SUMMARY_CODES} <= catalogue("en").keys()


@pytest.mark.parametrize("reason", ["network", "http", "hash", "cut_off", "disk_full", "not_writable"])
def test_every_way_a_download_fails_has_its_own_sentence(reason: str) -> None:
    fault = Fault(code="download_failed", facts={"dataset": "mnist", "url": "u", "reason": reason, "detail": "d"})
    assert sentence(fault) == catalogue("en")[f"problem.download_failed_{reason}"].format(detail="d")


def test_every_way_in_which_a_table_is_refused_has_its_own_sentence_and_every_reason_to_leave_a_row_out() -> None:
    found = set()
    for file in sorted((PROJECT / "dl" / "datasets" / "tables").glob("*.py")):
        for kind, reasons in re.findall(
            r"(TableUnreadable|WrongTarget|WrongSplit)\((.*?)\)", file.read_text("utf-8"), re.S
        ):
            code = re.sub(r"(?<!^)([A-Z])", r"_\1", kind).lower()
            found |= {f"problem.{code}_{reason}" for reason in re.findall(r'reason="(\w+)"', reasons)}
    found |= {f"problem.left_out_{reason}" for reason in get_args(Reason)}
    assert len(found) > 25 and found <= catalogue("en").keys()


def test_every_way_in_which_a_passport_is_refused_has_its_own_sentence() -> None:
    files = source("runs/passport.py") + source("runs/reproduction.py")
    found = {
        f"problem.passport_refused_{reason}"
        for reason in re.findall(r'reason="(\w+)"', files)
        if reason != "remembered"
    }
    assert len(found) == 7 and found <= catalogue("en").keys()
    too_large = Fault(code="passport_refused", facts={"reason": "too_large", "bytes": 2 * 10**7, "most_bytes": 10**7})
    assert sentence(too_large).startswith("This file has 20 MB; a passport has 10 MB at most.")


REFUSED = {
    "learning_rate_0": ("training", "optimizer", {"type": "Adam", "learning_rate": 0}, "The learning rate is 0"),
    "mse_on_integers": ("training", "loss", "mean_squared_error", "Set the labels to “one-hot"),
    "epochs_0": ("training", "epochs", 0, "Epochs is 0; it must be at least 1"),
    "epochs_text": ("training", "epochs", "many", "not a number"),
    "share_too_large": ("data", "validation_share", 0.95, "may be 0.9 at most"),
    "unknown_loss": ("training", "loss", "hinge", "it can be sparse"),
}


@pytest.mark.parametrize(("part", "field", "value", "words"), REFUSED.values(), ids=REFUSED)
def test_refused_configuration_says_what_to_do(part: str, field: str, value: object, words: str) -> None:
    wanted = plain_value(default_spec(BUILTINS["mnist"]))
    wanted[part][field] = value
    try:
        problems = check(parse_spec(wanted), BUILTINS["mnist"])
    except SpecError as error:
        problems = error.problems
    said = " ".join(sentence(problem) for problem in problems)
    assert words.replace("_", r"\_") in said or words in said
    assert "{" not in said


def test_field_in_a_layer_is_named_with_its_layer() -> None:
    problem = Problem("too_small", {"where": "model.layers.2.Dense.units", "given": "0", "limit": 1})
    assert sentence(problem).startswith("“Units” of layer 3 is 0")


def test_large_limit_of_a_number_is_no_size() -> None:
    problem = Problem("too_large", {"where": "training.seed", "given": "99999999999", "limit": 2**31 - 1})
    assert "may be 2147483647 at most" in sentence(problem)


def test_scale_is_named_by_the_divisor_that_was_typed() -> None:
    problem = Problem("too_large", {"where": "model.layers.0.Rescaling.scale", "given": "2000.0", "limit": 1000})
    assert sentence(problem).startswith("Pixels cannot be divided by 0.0005")


def test_caution_tells_the_story_of_unscaled_pixels() -> None:
    spec = plain_value(default_spec(BUILTINS["mnist"]))
    del spec["model"]["layers"][0]
    (caution,) = cautions(parse_spec(spec), BUILTINS["mnist"])
    assert "94 %" in sentence(caution) and "97.6 %" in sentence(caution)
    assert caution.cure == default_spec(BUILTINS["mnist"])


def test_unknown_code_still_gives_a_sentence() -> None:
    assert "brand_new" in sentence(Fault(code="brand_new", facts={})).replace("\\", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_from_data_are_not_markdown(language: str) -> None:
    st.session_state["lang"] = language
    said = sentence(Fault(code="unknown_dataset", facts={"dataset": "![x](http://evil)", "known": ["mnist"]}))
    del st.session_state["lang"]
    assert "![" not in said and "MNIST" in said
