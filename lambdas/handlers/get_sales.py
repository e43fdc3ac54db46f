"""GET /reports/sales: orders and revenue between instants, such as the first moments of a month's days."""

import os
from datetime import datetime, timedelta
from itertools import pairwise

from lambdas.platform import times
from lambdas.platform.http_api import Answer, Request, answer, field_error, signed_in
from lambdas.platform.strict_json import shown
from lambdas.shop import figures

# The days of July and August have 63 edges. While August runs, July is cut at the same time.
_MIN_EDGES, _MAX_EDGES = 2, 64
_MAX_PERIOD = timedelta(days=63)  # 62 days in which the clock is set back have an hour more


@signed_in
def handler(request: Request) -> Answer:
    """Answer with the figures between each two neighbouring instants of `edges`: 200, or 400."""
    edges = _edges(request.query("edges"))
    currency = os.environ["SHOP_CURRENCY"]
    return answer(200, {"currency": currency, "sales": figures.between(currency, edges)})


def _edges(text: str) -> list[str]:
    given = text.split(",")
    if not _MIN_EDGES <= len(given) <= _MAX_EDGES:
        count = len(given) if text else 0
        raise field_error(
            "edges", f"must be {_MIN_EDGES} to {_MAX_EDGES} instants, separated by commas, got {count}"
        )
    edges = [_edge(one) for one in given]
    for before, after in pairwise(edges):
        if before >= after:
            raise field_error("edges", f"must ascend, got {shown(after)} after {shown(before)}")
    _require_short(edges[0], edges[-1])
    return edges


def _edge(text: str) -> str:
    try:
        edge = times.first_instant(text)
    except ValueError:
        edge = ""
    if not edge or figures.quarter(edge) != edge:
        rule = "must be instants that begin a quarter of an hour, such as 2026-01-31T08:15Z"
        raise field_error("edges", f"{rule}, got {shown(text)}")
    return edge


def _require_short(first: str, last: str) -> None:
    if datetime.fromisoformat(last) - datetime.fromisoformat(first) > _MAX_PERIOD:
        rule = f"must end at most {_MAX_PERIOD.days} days after the first"
        raise field_error("edges", f"{rule}, got {shown(last)}")
