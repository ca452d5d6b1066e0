import ast
import re
import string
from pathlib import Path

import pytest

from ui.frame import PROJECT
from ui.text import LANGUAGES, catalogue, paragraph, plain, translate, unescaped

SOURCES = [*(PROJECT / "ui").rglob("*.py"), *(PROJECT / "pages").glob("*.py")]
KEY = re.compile(r"[a-z]+\.[A-Za-z0-9_]+")


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def literal_keys(path: Path) -> set[str]:
    """The keys of all calls t("page.element") in a file."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "t" and call.args)
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}


def test_catalogues_have_the_same_keys() -> None:
    assert catalogue("en").keys() == catalogue("zh").keys()
    assert len(catalogue("en")) > 100


def test_catalogues_have_the_same_gaps() -> None:
    different = {key for key, text in catalogue("en").items() if gaps(text) != gaps(catalogue("zh")[key])}
    assert not different


def test_no_sentence_is_empty_or_left_in_english() -> None:
    assert all(text.strip() for language in LANGUAGES for text in catalogue(language).values())
    untranslated = {key for key, text in catalogue("zh").items() if text == catalogue("en")[key] and " " in text}
    assert untranslated <= {"evaluate.picture"}  # only gaps


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_key_in_the_code_exists(path: Path) -> None:
    assert literal_keys(path) <= catalogue("en").keys()


def test_every_sentence_is_used() -> None:
    """By its whole key, or by one put together in an f-string, whose gap a word of the code or of the library fills."""
    code = "\n".join(path.read_text("utf-8") for path in SOURCES)
    library = "\n".join(path.read_text("utf-8") for path in (PROJECT / "dl").rglob("*.py"))
    words = {*re.findall(r"\w+", code + library), *"0123456789"}
    whole = set(re.findall(r"[\"']([a-z]+\.\w+)[\"']", code))
    gapped = re.findall(r"f[\"']((?:[a-z]+|{\w+})\.(?:\w*{[^{}]*}\w*)+|{\w+}\.\w+)[\"']", code)
    together = {tuple(re.split(r"{[^{}]*}", key)) for key in gapped}
    buttons = {f"{key.replace('_', '.', 1)}_button" for key in words}  # as ui.frame.primary_button names them

    unknown = [key for key in catalogue("en") if key not in whole | buttons]
    assert [key for key in unknown if not any(is_filled(parts, key, words) for parts in together)] == []


def is_filled(parts: tuple[str, ...], key: str, words: set[str]) -> bool:
    """Whether `key` is the parts in their order with a word between any two."""
    first, *others = parts
    if not others:
        return key == first
    rest = key.removeprefix(first)
    ends = range(1, len(rest) + 1) if key.startswith(first) else ()
    return any(rest[:end] in words and is_filled(tuple(others), rest[end:], words) for end in ends)


def test_missing_translation_falls_back_to_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(catalogue("zh"), "nav.home")
    assert translate("zh", "nav.home", {}) == "Home"
    with pytest.raises(KeyError):
        translate("en", "nav.nowhere", {})


def test_chinese_sentences_follow_each_other_without_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    assert paragraph("It is done.", "It is saved.") == "It is done. It is saved."
    monkeypatch.setattr("ui.text.language", lambda: "zh")
    assert paragraph("训练完成。", "已经保存。") == "训练完成。已经保存。"


def test_plain_takes_the_meaning_from_markdown() -> None:
    assert plain("![x](http://evil)").replace("\u2060", "") == r"\!\[x\](http\://evil)"
    assert plain("T-shirt/top") == "T-shirt/top"


@pytest.mark.parametrize("text", ["www.x.org", "WWW.x.org", "https://x.org", "a@b.c", r"\* \ *a_b* \\[x]"])
def test_plain_text_is_broken_where_it_would_become_a_link_by_itself_and_can_be_had_back(text: str) -> None:
    found = re.compile(r"https?://|www(?=\.)|\w@\w", re.IGNORECASE)  # as GitHub's Markdown finds them, escaped or not
    assert not found.search(re.sub(r"\\(.)", r"\1", plain(text)))
    assert unescaped(plain(text)) == text
