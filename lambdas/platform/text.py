"""The normal forms of text that people type and files contain.

`site/assets/lib/text.js` has the same rules. A test runs both on the same texts. All ranges are spelled out,
because `\\s`, `strip` and Unicode's tables differ between languages and their versions.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

# Unicode's White_Space, the four separators of ASCII, and the Braille blank.
_BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u2800\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_BLANK = re.compile(f"[{_BLANKS}]")
_LINE_END = re.compile("\r\n|[\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_BREAK = re.compile("\r\n|[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]")

# Control characters, and characters that have no shape of their own: Unicode's Default_Ignorable_Code_Point
# without the joiners and variation selectors, and the marks of interlinear annotations.
_HIDDEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_JOINERS = "\u200c\u200d"
_SELECTORS = "\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_ACCENTS = "\u0300-\u034e\u0350-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# The flags of England, Scotland and Wales are a black flag with letters that are hidden elsewhere.
_FLAG_OR_HIDDEN = re.compile(
    f"(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]+\U000e007f)|[{_HIDDEN}]"
)
_ATTACHED = re.compile(f"[{_JOINERS}{_SELECTORS}{_ACCENTS}]+")
_JOINER = re.compile(f"[{_JOINERS}]")
_UNSEEN_IN_KEYS = re.compile(f"[{_HIDDEN}{_JOINERS}{_SELECTORS}]")

# Full-width and half-width forms, ligatures of PDF files and mathematical letters. Superscripts are not
# mapped, because the footnote in "MOP-01²" would lead to another product.
_TYPEFACE = re.compile("[\ufb00-\ufb06\uff01-\uffee\U0001d400-\U0001d7ff]")
# Twice the longest text that a schema allows. Accents of longer text stay as they are, because Python needs
# 10 s to compose a hundred thousand of them on one letter, and every schema refuses such a text.
_MAX_LENGTH = 4000
_KEY_LETTERS = str.maketrans(
    {"\u3002": ".", **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63", "-")}
)


def line(text: str) -> str:
    """Return the normal form of text on one line, such as a name. It is empty if nothing in it is visible."""
    return _normal(_BREAK.sub(" ", text))


def lines(text: str) -> str:
    """Return the normal form of text that may have several lines, such as an address or a note."""
    return _normal(_LINE_END.sub("\n", text).replace("\t", " ").replace("\x1f", " "))


def key(text: str) -> str:
    """Return the normal form of an e-mail address or SKU, without characters that nobody sees."""
    plain = _TYPEFACE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    seen = _UNSEEN_IN_KEYS.sub("", plain.translate(_KEY_LETTERS))
    return _compose(_BLANK.sub(" ", seen)).strip(" ")


def mailbox(address: str) -> str:
    """Return the one spelling of an e-mail address, which names a customer.

    Capitals become small letters and `xn--bcher-kva.example` becomes `bücher.example`, because mail to both
    spellings arrives in the same place.
    """
    local, at, domain = key(address).rpartition("@")
    readable = ".".join(map(_readable_label, domain.lower().split(".")))
    return _compose(f"{local.lower()}{at}{readable}")


def spellings(address: str) -> list[str]:
    """Return an e-mail address as it is given, and with its domain in Unicode and in Punycode."""
    if address.isascii() and "xn--" not in address.lower():
        return [address]
    local, at, domain = mailbox(address).rpartition("@")
    coded = ".".join(map(_coded_label, domain.split(".")))
    return list(dict.fromkeys([address, f"{local}{at}{domain}", f"{local}{at}{coded}"]))


_FORMS: dict[str, Callable[[str], str]] = {
    "orderID": str,  # the name that its client gave the order, which is compared letter by letter
    "email": key,
    "sku": key,
    "address": lines,
    "notes": lines,
    "note": lines,
    "comment": lines,
    "description": lines,
    "hazardStatements": lines,
    "ufi": key,
}
_OPTIONAL = frozenset({
    "company", "phone", "address", "reference", "notes", "note", "assignee", "text",
    "description", "netContent", "vatClass", "signalWord", "pictograms", "hazardStatements", "ufi",
    "image", "imageText", "safetyDataSheet", "safetyDataSheetVersion", "safetyDataSheetDate",
})  # fmt: skip
_REMOVABLE_IN = ("details", "labels")  # where an empty text removes the stored field
_AS_TYPED = "content"  # of a draft, whose person goes on typing
_DEPTH = 3  # an order has a list of objects with texts


def normalise(document: Any, field: str = "", depth: int = _DEPTH) -> Any:
    """Return a parsed document with each text in the normal form of its field, without empty optional fields.

    Empty fields of `details` and `labels` stay, because they remove what is stored, and all of `content`
    stays as typed. Parts that are nested more deeply than an order are invalid in every schema, and stay as
    they are.
    """
    if field == _AS_TYPED:
        return document
    if isinstance(document, str):
        return _FORMS.get(field, line)(document)
    if depth and isinstance(document, list):
        return [normalise(entry, field, depth - 1) for entry in document]
    if depth and isinstance(document, dict):
        content = {name: normalise(value, name, depth - 1) for name, value in document.items()}
        optional = frozenset() if field in _REMOVABLE_IN else _OPTIONAL
        return {name: value for name, value in content.items() if value != "" or name not in optional}
    return document


def normalise_changes(document: Any) -> Any:
    """Return a document of changes in its normal form. Empty texts stay, because they remove stored ones."""
    return normalise(document, _REMOVABLE_IN[0])


def _normal(text: str) -> str:
    seen = _FLAG_OR_HIDDEN.sub(lambda found: found[1] or "", text)
    return _compose(_ATTACHED.sub(_attach, seen)).strip(_BLANKS)


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text) if len(text) <= _MAX_LENGTH else text


def _attach(found: re.Match[str]) -> str:
    """Return the accents and joiners that have a letter or symbol to attach to."""
    text, (start, end) = found.string, found.span()
    if start == 0 or text[start - 1] in _BLANKS:
        return ""
    return _JOINER.sub("", found[0]) if end == len(text) or text[end] in _BLANKS else found[0]


def _readable_label(label: str) -> str:
    """Return a label of a domain in Unicode, or as it is if it is not the Punycode of visible text."""
    if not label.startswith("xn--"):
        return label
    try:
        readable = label[4:].encode("ascii").decode("punycode")
    except ValueError:
        return label
    is_spelling = not readable.isascii() and readable.isprintable() and key(readable) == readable
    return readable if is_spelling else label


def _coded_label(label: str) -> str:
    """Return a label of a domain in ASCII, with Punycode for other letters."""
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
