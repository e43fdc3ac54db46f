"""Filters that are parsed once for all items of a query. The emulator parses them again for each item.

Only filters of `contains` and `attribute_exists` are known here, because searches read many items with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb

Json = dict[str, Any]
Filter = Callable[[Json], bool]


class UnknownFormError(Exception):
    """The emulator itself has to evaluate this filter."""


def compiled(expression: str, values: Json, names: Json) -> Filter:
    """Return a function that tells whether an item meets a filter that the emulator has checked.

    Raises UnknownFormError. The function raises KeyError for an attribute that is not a text.
    """
    return _Parser(dynamodb._tokenize(expression), {}, values, names).parsed()


class _Parser(dynamodb._ExprEval):  # type: ignore[misc]
    """The emulator's reader of tokens. Each method returns a filter instead of the result for one item."""

    def parsed(self) -> Filter:
        found = self._or_expr()
        if self.peek()[0] != "EOF":
            raise UnknownFormError
        return found

    def _or_expr(self) -> Filter:
        parts = self._joined("OR", self._and_expr)
        return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)

    def _and_expr(self) -> Filter:
        parts = self._joined("AND", self._not_expr)
        return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)

    def _not_expr(self) -> Filter:
        if not self._is_kw("NOT"):
            return self._primary()
        self.advance()
        part = self._not_expr()
        return lambda item: not part(item)

    def _joined(self, word: str, read: Callable[[], Filter]) -> list[Filter]:
        parts = [read()]
        while self._is_kw(word):
            self.advance()
            parts.append(read())
        return parts

    def _primary(self) -> Filter:
        kind, text = self.advance()
        if kind == "LPAREN":
            found = self._or_expr()
            self._take("RPAREN")
            return found
        if text == "attribute_exists":
            return self._exists()
        if text == "contains":
            return self._contains()
        raise UnknownFormError

    def _exists(self) -> Filter:
        self._take("LPAREN")
        name = self._name()
        self._take("RPAREN")
        return lambda item: name in item

    def _contains(self) -> Filter:
        self._take("LPAREN")
        name = self._name()
        self._take("COMMA")
        wanted = self.av.get(self._take("VALUE_REF"), {}).get("S")
        self._take("RPAREN")
        if wanted is None:
            raise UnknownFormError
        return lambda item: name in item and wanted in item[name]["S"]

    def _name(self) -> str:
        kind, text = self.advance()
        if kind not in ("IDENT", "NAME_REF"):
            raise UnknownFormError
        name: str = self.an.get(text, text) if kind == "NAME_REF" else text
        return name

    def _take(self, kind: str) -> str:
        token = self.advance()
        if token[0] != kind:
            raise UnknownFormError
        text: str = token[1]
        return text
