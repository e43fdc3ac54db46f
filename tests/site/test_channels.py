"""The words for the channels of orders."""

from __future__ import annotations

import re
from typing import Any

from lambdas.shop import order_channels
from tests.graph.graph import Graph
from tests.site.deno import evaluate


def words(expression: str, *values: Any, module: str = "order/channel.js") -> list[Any]:
    return evaluate(module, expression, list(values))


def test_a_page_calls_the_machine_of_a_connected_shop_by_the_shops_words() -> None:
    assert order_channels.ALL == ("staff", "machine", "customer", "operator")
    named = words("module.channelName(value)", *order_channels.ALL)
    assert named == ["staff", "connected shop", "storefront", "operator"]
    orders = [{"channel": channel} for channel in order_channels.ALL]
    found = words("module.channelOf(value)", {}, *orders)
    assert found == ["", "", ", channel connected shop", ", channel storefront", ", channel operator"]


def test_the_list_is_filtered_by_the_channel_in_its_address() -> None:
    to = "module.addressWith({channel: value, sort: 'largest'}, new URLSearchParams())"
    (address,) = words(to, "machine", module="list/address.js")
    assert address == "/orders.html?channel=machine"
    read = "module.apiQuery(value).toString()"
    assert words(read, address, module="list/address.js") == ["channel=machine"]


def test_the_list_is_filtered_by_the_shop_in_its_address() -> None:
    to = "module.addressWith({shop: value, channel: '', sort: 'largest'}, new URLSearchParams('channel=x'))"
    (address,) = words(to, "1h57kf5cpq", module="list/address.js")
    assert address == "/orders.html?shop=1h57kf5cpq"
    assert words("module.apiQuery(value).toString()", address, module="list/address.js") == [
        "shop=1h57kf5cpq"
    ]


def test_the_filter_of_the_list_offers_every_channel(dev: Graph) -> None:
    page = dev.inputs("site-page-orders.html")["content"]
    (options,) = re.findall(r'<select class="input" id="channel" name="channel">(.*?)</select>', page, re.S)
    assert re.findall('value="(.*?)"', options) == ["", *order_channels.ALL]
