"""The report: one HTML file that stands alone, in the reader's language. It asks no network for anything."""

import time
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path

from ui.evaluate.table.answers import Answers
from ui.evaluate.takeaway.chapters import Chapter, chapters, title_of
from ui.evaluate.takeaway.figures import curve_figures, number_figures, two_class_figures
from ui.evaluate.takeaway.mistakes import matrix_table, mistakes_gallery
from ui.format import exact_time
from ui.text import language, t

CSS = Path(__file__).with_name("report.css")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
LANGUAGE_TAGS = {"en": "en", "zh": "zh-CN"}
Figures = Callable[[Answers], Iterator[str]]
FIGURES: dict[str, Sequence[Figures]] = {
    "scores": (two_class_figures, number_figures),
    "classes": (matrix_table, mistakes_gallery),
    "training": (curve_figures,),
}


def html_report(answers: Answers) -> str:
    """What figures cannot be drawn of is left out: of pictures that are not here, no mistake is shown."""
    title = title_of(answers)
    body = "\n".join(_chapter(chapter, answers) for chapter in chapters(answers))
    made = t("report.made", moment=exact_time(time.time()))
    return f"""<!DOCTYPE html>
<html lang="{LANGUAGE_TAGS[language()]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escape(title)}</title>
<style>
{CSS.read_text(encoding="utf-8")}</style>
</head>
<body>
<h1>{escape(title)}</h1>
<p class="muted">{escape(made)}</p>
{body}
</body>
</html>
"""


def _chapter(chapter: Chapter, answers: Answers) -> str:
    parts = [f"<h2>{escape(chapter.title)}</h2>", *_sentences(chapter)]
    if chapter.facts:
        parts.append(
            f"<dl>{''.join(f'<dt>{escape(what)}</dt><dd>{escape(value)}</dd>' for what, value in chapter.facts)}</dl>"
        )
    if chapter.table:
        parts.append(table(chapter.table))
    for draw in FIGURES.get(chapter.name, ()):
        parts += draw(answers)
    return f"<section>{''.join(parts)}</section>"


def _sentences(chapter: Chapter) -> list[str]:
    told = [escape(sentence) for sentence in chapter.sentences]
    if len(told) > 1:
        return [f"<ul>{''.join(f'<li>{sentence}</li>' for sentence in told)}</ul>"]
    return [f'<p class="{"lead" if chapter.name == "summary" else "text"}">{sentence}</p>' for sentence in told]


def table(lines: Sequence[Sequence[str]]) -> str:
    head, *rows = ["".join(f"<{kind}>{escape(cell)}</{kind}>" for cell in line) for kind, line in _kinds(lines)]
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{_rows(rows)}</tbody></table></div>'


def _kinds(lines: Sequence[Sequence[str]]) -> Iterator[tuple[str, Sequence[str]]]:
    for place, line in enumerate(lines):
        yield "td" if place else "th", line


def _rows(rows: Sequence[str]) -> str:
    return "".join(f"<tr>{row}</tr>" for row in rows)
