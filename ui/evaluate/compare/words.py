"""Settings as people call them, for the headings and cells of a table, which have no Markdown."""

from typing import Any

from dl.spreadsheet import without_formulas
from ui.shared.datasets import dataset_name
from ui.shared.fields import choice_name, field_label
from ui.text import first_text, t


def setting_name(path: str) -> str:
    """`training.optimizer.beta_1` is beta_1, `model.layers.2.units` is Units (layer 3)."""
    parts = path.split(".")
    label = first_text(f"compare.setting_{parts[-1]}") or field_label(parts[-1], ".".join(parts[:-1]))
    if parts[:2] == ["model", "layers"] and len(parts) > 2:
        if parts[-1].isdecimal():
            return t("compare.layer", layer=int(parts[2]) + 1)
        return t("problem.place_in_layer", field=label, layer=int(parts[2]) + 1)
    return label


def setting_word(path: str, value: Any) -> Any:
    """Numbers stay numbers, so that they can be sorted."""
    name = path.rpartition(".")[2]
    if value is None or isinstance(value, bool):
        return t("compare.on" if value else "compare.off")
    if isinstance(value, int | float):
        return round(1 / value, 6) if name == "scale" and value else value  # as the form has it
    if isinstance(value, tuple):
        return without_formulas(t("format.list").join(map(str, value)))
    if name == "dataset":
        return without_formulas(dataset_name(value))
    if name == "kind":
        return t(f"compare.kind_{value}")
    return first_text(f"configure.{name}_{value}", f"metric.{value}") or without_formulas(choice_name(value))
