"""From JSON to a specification, or to the list of what is wrong with it."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dl.errors import Problem, SpecError
from dl.specs.run import RunSpec


def parse_spec(value: Any) -> RunSpec:
    """The specification in JSON text, bytes or a mapping. Raises SpecError that lists every problem."""
    try:
        if isinstance(value, str | bytes):
            return RunSpec.model_validate_json(value)
        return RunSpec.model_validate(value)
    except ValidationError as error:
        raise SpecError(tuple(_problem(detail) for detail in error.errors(include_url=False))) from None


_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "json_invalid": "not_json",
    "greater_than": "not_above",
    "greater_than_equal": "too_small",
    "less_than": "not_below",
    "less_than_equal": "too_large",
    "literal_error": "not_a_choice",
    "union_tag_invalid": "not_a_choice",
    "union_tag_not_found": "field_missing",
    "too_short": "no_layers",
    "finite_number": "not_a_number",
}


def _problem(detail: ErrorDetails) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    code = _CODES.get(kind, "not_a_number" if kind.startswith(("int", "float")) else "not_allowed")
    place = ".".join(str(part) for part in detail["loc"])
    facts: dict[str, Any] = {"where": _shown(place), "given": _shown(detail["input"])}
    limit = next((context[name] for name in ("gt", "ge", "lt", "le") if name in context), None)
    if limit is not None:
        facts["limit"] = limit
    if allowed := context.get("expected") or context.get("expected_tags"):
        facts["allowed"] = str(allowed).replace("'", "")
    if "tag" in context:
        facts["given"] = _shown(context["tag"])
    return Problem(code, facts)


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:57] + "..."
