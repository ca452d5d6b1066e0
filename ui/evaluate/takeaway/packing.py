"""A network of a table for readers that know no words: with how its columns are made into numbers, in one zip."""

import io
import zipfile
from pathlib import Path

from dl.preparation import Preparation
from dl.runs import Run
from dl.runs.exports import PREPARED, Format
from ui.shared.datasets import class_names
from ui.text import t


def is_packed(run: Run, format: Format) -> bool:
    return format in PREPARED and run.preparation_file.exists()


def packed(run: Run, file: Path) -> bytes:
    """The network, `preparation.json`, and a text that says what goes in and what comes out."""
    preparation, content = run.preparation(), io.BytesIO()
    assert preparation, "a table was prepared"
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(file, file.name)
        archive.writestr("preparation.json", preparation.model_dump_json(indent=1))
        archive.writestr("README.txt", _manual(run, preparation, file.name))
    return content.getvalue()


def _manual(run: Run, preparation: Preparation, file: str) -> str:
    parts = [t("takeaway.manual_head", file=file, run=run.id)]
    if preparation.numbers:
        parts.append(t("takeaway.manual_numbers", count=len(preparation.numbers)))
    if any(number.kind == "date" for number in preparation.numbers):
        parts.append(t("takeaway.manual_dates"))
    if preparation.categories:
        parts.append(t("takeaway.manual_categories", count=len(preparation.categories)))
    return "\n\n".join([*parts, _outcome(run, preparation)]) + "\n"


def _outcome(run: Run, preparation: Preparation) -> str:
    if not preparation.target.levels:
        return t("takeaway.manual_number", target=preparation.target.name)
    names = t("format.list").join(class_names(run.dataset()))
    return t("takeaway.manual_classes", target=preparation.target.name, classes=names)
