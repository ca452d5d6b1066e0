"""One word for one thing: the catalogues are held to ui/strings/glossary.toml, and to how each language is printed."""

import re
import tomllib
from dataclasses import dataclass

import pytest

from ui.frame import PROJECT
from ui.text import LANGUAGES, Language, catalogue

GLOSSARY = PROJECT / "ui" / "strings" / "glossary.toml"
HAN = r"[\u3400-\u9fff]"
FULL = "。，、：；！？（）“”"
WRONG = {
    "en": {
        "an exclamation mark": r"!",
        "Chinese punctuation": r"[\u3000-\u303f\uff00-\uff5e]",
        "a per cent sign without a space": r"[\d}]%",
        "two spaces": r" {2}(?!\n)",
    },
    "zh": {
        "a space beside Chinese punctuation": rf"\s[{FULL}]|[{FULL}]\s",
        "a space between Chinese characters": rf"{HAN} {HAN}",
        "no space between Chinese and Latin": rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}",
        "no space between Chinese and a number": rf"{HAN}{{\w+:|{{\w+:[^}}]*}}{HAN}",
        "Latin punctuation": rf"{HAN} ?[,;:?!()\"']|[,;:?!()\"'] ?{HAN}",
        "a per cent sign with a space": r"[\d}]\s%",
        "two spaces": r" {2}(?!\n)",
    },
}


@dataclass(frozen=True)
class Term:
    en: str
    zh: str
    en_also: tuple[str, ...] = ()
    zh_also: tuple[str, ...] = ()
    avoid_en: tuple[str, ...] = ()
    avoid_zh: tuple[str, ...] = ()


def read_glossary() -> tuple[dict[str, Term], set[tuple[str, str]]]:
    """The terms by their English name, and which sentence (key, term) says one in another way."""
    entries = tomllib.loads(GLOSSARY.read_text("utf-8"))
    exceptions = {(each["key"], each["term"]) for each in entries.pop("exceptions", []) if each["why"]}
    return {name: Term(name, **entry) for name, entry in entries.items()}, exceptions


TERMS, EXCEPTIONS = read_glossary()
FORMS = {form: term for term in TERMS.values() for form in (term.en, *term.en_also)}
ENGLISH = re.compile(rf"\b({'|'.join(sorted(map(re.escape, FORMS), key=len, reverse=True))})(?:e?s)?\b", re.IGNORECASE)


def without_gaps(sentence: str) -> str:
    return re.sub(r"{[^{}]*}", "", sentence)


def terms_in(english: str) -> set[str]:
    """The longest that stand there: a validation loss is not a loss."""
    return {FORMS[found.lower()].en for found in ENGLISH.findall(without_gaps(english))}


def untranslated(english: str, chinese: str) -> set[str]:
    terms = (TERMS[name] for name in terms_in(english))
    return {term.en for term in terms if not any(word in chinese for word in (term.zh, *term.zh_also))}


def avoided(sentence: str, language: Language) -> set[str]:
    """The words that are not said in this language; one within a term, as 精度 in 混合精度, is meant."""
    if language == "en":
        words = {word for term in TERMS.values() for word in term.avoid_en}
        return {word for word in words if re.search(rf"\b{word}s?\b", without_gaps(sentence), re.IGNORECASE)}
    for term in TERMS.values():
        sentence = sentence.replace(term.zh, "·")
    return {word for term in TERMS.values() for word in term.avoid_zh if word in sentence}


def typos(sentence: str, language: Language) -> set[str]:
    return {name for name, pattern in WRONG[language].items() if re.search(pattern, sentence)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_says_what_the_glossary_avoids(language: Language) -> None:
    found = {key: avoided(text, language) for key, text in catalogue(language).items()}
    assert {key: words for key, words in found.items() if words} == {}


def test_chinese_has_the_term_wherever_english_has_it() -> None:
    chinese = catalogue("zh")
    missing = {(key, term) for key, text in catalogue("en").items() for term in untranslated(text, chinese[key])}
    assert sorted(missing - EXCEPTIONS) == []
    assert sorted(EXCEPTIONS - missing) == [], "exceptions that no longer are"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_breaks_the_typography_of_its_language(language: Language) -> None:
    found = {key: typos(text, language) for key, text in catalogue(language).items()}
    assert {key: names for key, names in found.items() if names} == {}


def test_every_term_is_used_in_both_languages() -> None:
    english = {term for text in catalogue("en").values() for term in terms_in(text)}
    chinese = "\n".join(catalogue("zh").values())
    assert sorted(TERMS.keys() - english) == []
    assert [term.zh for term in TERMS.values() if term.zh not in chinese] == []


def test_chinese_readme_says_what_the_app_says() -> None:
    assert avoided((PROJECT / "README.zh.md").read_text("utf-8"), "zh") == set()


@pytest.mark.parametrize(
    ("sentence", "language", "word"),
    [
        ("每个周期之后验证一次。", "zh", "周期"),
        ("测试精度是 97%。", "zh", "精度"),
        ("Choose the datasets.", "en", "dataset"),
        ("The Optimizer is Adam.", "en", "optimizer"),
    ],
)
def test_avoided_words_are_found(sentence: str, language: Language, word: str) -> None:
    assert avoided(sentence, language) == {word}


@pytest.mark.parametrize(
    ("sentence", "language"), [("混合精度（16 位）", "zh"), ("The data set {dataset} is here.", "en")]
)
def test_words_within_terms_and_gaps_are_not_avoided(sentence: str, language: Language) -> None:
    assert avoided(sentence, language) == set()


@pytest.mark.parametrize(
    ("english", "chinese", "missing"),
    [
        ("Two epochs", "两遍", {"epoch"}),
        ("Two epochs", "两轮", set()),
        ("Classes of the test set", "测试集的种类", {"class"}),
        ("Validation loss", "验证集上的损失", {"validation loss"}),
        ("Batch size and batches", "批大小", {"batch size"}),
        ("It is {loss}", "它是 {loss}", set()),
    ],
)
def test_missing_terms_are_found(english: str, chinese: str, missing: set[str]) -> None:
    assert untranslated(english, chinese) == missing


@pytest.mark.parametrize(
    ("sentence", "language", "name"),
    [
        ("Done!", "en", "an exclamation mark"),
        ("Done。", "en", "Chinese punctuation"),
        ("97.5% right", "en", "a per cent sign without a space"),
        ("Done.  Saved.", "en", "two spaces"),
        ("完成。 已保存。", "zh", "a space beside Chinese punctuation"),
        ("轮次 （epoch）", "zh", "a space beside Chinese punctuation"),
        ("训练 完成", "zh", "a space between Chinese characters"),
        ("用Adam训练", "zh", "no space between Chinese and Latin"),
        ("共{count:,} 个", "zh", "no space between Chinese and a number"),
        ("训练完成,已保存", "zh", "Latin punctuation"),
        ("训练 (train)", "zh", "Latin punctuation"),
        ("97.5 % 的图片", "zh", "a per cent sign with a space"),
        ("{share} %", "zh", "a per cent sign with a space"),
        ("A  B", "zh", "two spaces"),
    ],
)
def test_typos_are_found(sentence: str, language: Language, name: str) -> None:
    assert name in typos(sentence, language)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("97.5 % of {total:,} are right: “{name}” (#3).", "en"),
        ("{true} → {predicted}  \n{confidence}", "en"),
        ("准确率 97.5%，共 {count:,} 张（训练 #3）：“{name}”。", "zh"),
    ],
)
def test_good_sentences_have_no_typos(sentence: str, language: Language) -> None:
    assert typos(sentence, language) == set()
