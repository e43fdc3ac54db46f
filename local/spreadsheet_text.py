"""The apostrophes that exported files have before texts which a spreadsheet would run or change.

`site/assets/list/spreadsheet-text.js` has the same rules, and a test runs both on the same texts.
date_words.txt has the names of months and weekdays that a browser knows, without the beginnings of longer
ones.
"""

import re
import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path

_SIGNS = "=+-@\u2212＝＋－＠﹢﹣﹦﹫"
_SEPARATORS = ",;|\t\r\n"
_BLANK = re.compile(r"[\s\ufeff]")

_TRUTH_WORDS = """true false wahr falsch vrai faux verdadero falso vero verdadeiro waar onwaar sand falsk sant
    falskt sann usann tosi epätosi prawda fałsz pravda nepravda igaz hamis adevărat fals doğru yanlış veritat
    истина ложь правда неправда"""
_TRUTH = frozenset(_TRUTH_WORDS.split())
_ERROR = re.compile(
    r"#(?:[¡¿]?[\w/]+[!?]|[^\W\d_]/[^\W\d_]|nv|yok|hiányzik|není_k_dispozici|getting_data)", re.I
)
_EXACT = re.compile(r"0|[1-9]\d{0,10}")  # Excel shows further digits as 1.23E+11
_IN_NUMBERS = " .,\u066b\u066c:;/\u2044'’()%+-"
_EXPONENT = re.compile(r"[\d.,]+e[+-]?\d+", re.I)
_CURRENCY = re.compile(
    r"(^|[\d\s.])"
    r"(?:eur|usd|gbp|chf|(?:us|ca|au|nz|hk|r|s)?\$|kr|zł|kč|ft|lei|лв|fr|sfr|rs|rm|rp|r|₽)"
    r"\.?($|[\d\s-])",
    re.I,
)
_PHONE = re.compile(r"\(?\d[\d() -]*\d")
_THOUSANDS = re.compile(r"\d{1,3}( \d{3})+")
_FEW_DIGITS = re.compile(r"\D*(\d{1,4}\D+){0,6}\d{1,4}\D*")  # no part of a date has more than four
_SHORT_TIME = re.compile(r"\d{1,2}(:\d{1,2})* ?[ap]", re.I)
_JAPANESE_ERA = re.compile(r"[mtshr]\d{1,2}[./-]\d{1,2}[./-]\d{1,2}", re.I)
_BETWEEN_WORDS = (
    "st nd rd th de del di of the den der d el t z utc gmt 年 月 日 時 时 点 分 秒 년 월 일 시 초"
)
_BETWEEN = frozenset(_BETWEEN_WORDS.split())


def without_guards(cell: str) -> str:
    """Return the text of which an export makes this cell, or the cell itself if there is none."""
    if "'" not in cell:
        return cell
    inner = _without_inner_guards(cell)
    texts = [text for text in (inner.removeprefix("'"), inner) if text != cell and as_text(text) == cell]
    return texts[0] if texts else cell


def as_text(text: str) -> str:
    """Return the text with an apostrophe before each part that a spreadsheet would run or change."""
    bare = text.lstrip("'")
    plain = _plain(bare)
    changes = bare[:1] in ("\t", "\r", "\n") or _runs(bare, 0)
    if bare and (changes or _is_number(plain) or _is_date(plain) or _is_word(plain)):
        return f"'{_with_inner_guards(text)}"
    return _with_inner_guards(text)


def _with_inner_guards(text: str) -> str:
    """Return the text with a guard at each place at which a program would begin a cell with a sign."""
    found, at = [], 0
    while at < len(text):
        end = _end_of_quotes(text, at + 1) if text[at] in _SEPARATORS else at + 1
        guard = "'" if text[at] in _SEPARATORS and _runs(text, end) else ""
        found.append(text[at:end] + guard)
        at = end
    return "".join(found)


def _without_inner_guards(text: str) -> str:
    """Return the text without one apostrophe at each place of a guard, from the end to the beginning."""
    rest = ""
    for at in reversed(range(len(text))):
        is_first = text[at] == "'" and at > 0 and text[at - 1] in _SEPARATORS
        if not (is_first and _runs(rest, _end_of_quotes(rest, 0))):
            rest = text[at] + rest
    return rest


def _end_of_quotes(text: str, at: int) -> int:
    while text[at : at + 1] == "'":
        at += 1
    return at


def _runs(text: str, at: int) -> bool:
    """Whether the first character from a place on, without blanks and quotation marks, begins a formula."""
    while at < len(text) and (text[at] == '"' or _is_blank(text[at])):
        at += 1
    return at < len(text) and text[at] in _SIGNS


def _is_blank(letter: str) -> bool:
    return bool(_BLANK.match(letter)) or unicodedata.category(letter)[0] == "C"


def _plain(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text)
    return " ".join("".join(" " if _is_blank(letter) else letter for letter in normal).split(" ")).strip()


def _is_word(plain: str) -> bool:
    return plain.lower() in _TRUTH or bool(_ERROR.fullmatch(plain))


def _is_number(plain: str) -> bool:
    if _EXPONENT.fullmatch(plain):
        return True
    amount = _CURRENCY.sub(r"\1 \2", plain, count=1).strip()
    has_digit = any(letter.isdecimal() for letter in amount)
    return has_digit and all(map(_in_number, amount)) and not _EXACT.fullmatch(plain) and not _is_phone(plain)


def _in_number(letter: str) -> bool:
    return letter.isdecimal() or letter in _IN_NUMBERS or unicodedata.category(letter) == "Sc"


def _is_phone(plain: str) -> bool:
    """Whether a text of digits has groups as no number and no date has them."""
    groups = re.findall(r"\d+", plain)
    long = sum(len(group) > 2 for group in groups) > 1 and len("".join(groups)) > 7
    has_form = bool(_PHONE.fullmatch(plain)) and not _THOUSANDS.fullmatch(plain)
    return has_form and (long or len(groups) > 4)


def _is_date(plain: str) -> bool:
    if _SHORT_TIME.fullmatch(plain) or _JAPANESE_ERA.fullmatch(plain):
        return True
    if not _FEW_DIGITS.fullmatch(plain) or not all(map(_in_date, plain)):
        return False
    words = _words_in(plain)
    return bool(words) and all(word in _BETWEEN or word in date_words() for word in words)


def _in_date(letter: str) -> bool:
    return _is_letter(letter) or letter.isdecimal() or letter in " .,:/'’()-"


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM"


def _words_in(plain: str) -> list[str]:
    """Return the words of a text. The letters of a.m. are one word."""
    joined = re.sub(r"(?<=[^\W\d_])\.\s?(?=[^\W\d_])", "", plain.lower())
    return ["".join(word) for is_word, word in groupby(joined, _is_letter) if is_word]


@cache
def date_words() -> frozenset[str]:
    """Return the names of months, weekdays and halves of the day, and their beginnings."""
    words = (Path(__file__).parent / "date_words.txt").read_text(encoding="utf-8").split()
    beginnings = (word[:end] for word in words for end in range(3, len(word)))
    return frozenset([*words, *beginnings])
