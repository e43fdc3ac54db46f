"""Text in ASCII, for the few places that take nothing else, such as the subject of a mail."""

import re
import unicodedata

# Letters that Unicode does not split into a plain letter and an accent, and whose name does not say one.
# Passports write the first two lines like this (ICAO Doc 9303, part 3, section 6), apart from the capitals.
_LETTERS = {
    **{"Ð": "D", "ð": "d", "Þ": "Th", "þ": "th", "ẞ": "SS", "ß": "ss", "Ŋ": "N", "ŋ": "n"},
    **{"ı": "i", "ĸ": "q", "Ə": "E", "ə": "e", "Ǝ": "E", "ǝ": "e", "Ɖ": "D", "ɖ": "d"},
    **{"µ": "u", "ȷ": "j", "Ɔ": "O", "ɔ": "o", "Ɛ": "E", "ɛ": "e", "Ɣ": "G", "ɣ": "g", "Ɩ": "I", "ɩ": "i"},
    **{"Ɯ": "M", "ɯ": "m", "Ʀ": "R", "ʀ": "r", "Ʃ": "Sh", "ʃ": "sh", "ƪ": "sh", "Ʊ": "U", "ʊ": "u", "ƛ": "l"},
    **{"Ʒ": "Zh", "ʒ": "zh", "Ƹ": "Zh", "ƹ": "zh", "ƺ": "zh", "Ƣ": "Gh", "ƣ": "gh", "Ȝ": "Y", "ȝ": "y"},
    **{"Ƿ": "W", "ƿ": "w", "Ƕ": "Hv", "ȸ": "db", "ȹ": "qp", "Ʉ": "U", "Ʌ": "V", "ʌ": "v", "Ɋ": "Q"},
    **{"ẜ": "s", "ẝ": "s", "ẟ": "d", "ƍ": "d", "Ỻ": "Ll", "ỻ": "ll", "Ỽ": "V", "ỽ": "v", "Ɑ": "A", "ɑ": "a"},
    # Tones and clicks
    **{"Ƨ": "2", "ƨ": "2", "ƻ": "2", "Ƽ": "5", "ƽ": "5", "Ƅ": "6", "ƅ": "6"},
    **{"ǀ": "|", "ǁ": "||", "ǂ": "!", "ǃ": "!"},
}
_SIGNS = {
    **dict.fromkeys("‘’‚‛‹›′´ʹʻʼʽʾʿˈƾɁɂʔ", "'"),
    **dict.fromkeys("“”„‟«»″ʺ", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **{"·": ".", "•": "-", "⁄": "/", "×": "x", "€": "EUR", "£": "GBP"},
}
_ASCII = {chr(code): chr(code) for code in range(0x20, 0x7F)} | _LETTERS | _SIGNS
# Names such as LATIN SMALL LETTER O WITH STROKE and LATIN CAPITAL LETTER AE.
_NAME = re.compile(r"LATIN (SMALL|CAPITAL) (?:LETTER|LIGATURE) ([A-Z]{1,2})(?: WITH .*)?")


def to_ascii(text: str) -> str | None:
    """Return a text on one line in printable ASCII, or None if one of its letters has no form in ASCII.

    Accents, emoji and invisible characters are left out. A part of a name would be another name, so there is
    no text without a letter that ASCII lacks, such as a Greek, Arabic or Chinese one.
    """
    forms = [_form(part) for letter in text for part in _parts(letter)]
    return None if None in forms else " ".join("".join(form or "" for form in forms).split())


def _parts(letter: str) -> str:
    """Return a letter that has a form of its own, or the plain letter and the accents of another one."""
    return letter if letter in _ASCII else unicodedata.normalize("NFKD", letter)


def _form(part: str) -> str | None:
    if part in _ASCII:
        return _ASCII[part]
    if found := _NAME.fullmatch(unicodedata.name(part, "")):
        case, letters = found.groups()
        return letters.title() if case == "CAPITAL" else letters.lower()
    if (digit := unicodedata.decimal(part, None)) is not None:
        return str(digit)
    kind = unicodedata.category(part)
    if kind[0] in "LN":
        return None
    return " " if kind[0] == "Z" or kind == "Cc" else ""
