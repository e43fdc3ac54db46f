"""The words for the channels of orders."""

from __future__ import annotations

from typing import Any

from lambdas.shop import order_channels
from tests.site.deno import evaluate


def words(expression: str, *values: Any) -> list[Any]:
    return evaluate("order/channel.js", expression, list(values))


def test_a_page_calls_the_machine_of_a_connected_shop_by_the_shops_words() -> None:
    assert set(order_channels.ALL) == {"staff", "machine", "operator"}
    assert words("module.channelName(value)", *order_channels.ALL) == ["staff", "connected shop", "operator"]
    orders = [{"channel": channel} for channel in order_channels.ALL]
    found = words("module.channelOf(value)", {}, *orders)
    assert found == ["", "", ", channel connected shop", ", channel operator"]
