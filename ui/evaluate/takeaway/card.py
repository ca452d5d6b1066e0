"""The model card: one page of Markdown beside a network that is passed on.

M. Mitchell et al., "Model cards for model reporting", FAT* 2019, 220-229.
"""

import re
from collections.abc import Iterator, Sequence

from ui.evaluate.table.answers import Answers
from ui.evaluate.takeaway.chapters import Chapter, chapters, title_of
from ui.text import t

_MEANING = re.compile(r"([\\`*_{}\[\]<>#|~$!])")  # what Markdown, and HTML in it, take for more than itself


def model_card(answers: Answers) -> str:
    """In the reader's language."""
    heading = f"# {_plain(t('report.card'))}: {_plain(title_of(answers))}"
    parts = [heading, *(_chapter(chapter) for chapter in chapters(answers))]
    return "\n\n".join(parts) + "\n"


def _chapter(chapter: Chapter) -> str:
    return "\n\n".join([f"## {_plain(chapter.title)}", *_parts(chapter)])


def _parts(chapter: Chapter) -> Iterator[str]:
    sentences = [_plain(sentence) for sentence in chapter.sentences]
    if len(sentences) > 1:
        yield "\n".join(f"- {sentence}" for sentence in sentences)
    elif sentences:
        yield sentences[0]
    if chapter.facts:
        yield "\n".join(f"- **{_plain(what)}**: {_plain(value)}" for what, value in chapter.facts)
    if chapter.table:
        yield _table(chapter.table)


def _table(lines: Sequence[Sequence[str]]) -> str:
    head, *rows = [f"| {' | '.join(map(_plain, line))} |" for line in lines]
    return "\n".join([head, "|" + " --- |" * len(lines[0]), *rows])


def _plain(text: str) -> str:
    """In one line, and nothing but itself, whatever the data call a thing."""
    return _MEANING.sub(r"\\\1", " ".join(text.split()))
