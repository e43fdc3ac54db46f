"""The list of orders with the filter by channel."""

import pytest

from lambdas.platform import aws
from tests.handlers.order_lists import ANN, LUKASZ, SmallPagesClient, found, get, ids, pages, store, stored
from tests.handlers.shop import Json, Shop

pytestmark = pytest.mark.store

CHANNELS = ("staff", "machine", "operator")


@pytest.fixture
def mixed(shop: Shop) -> list[Json]:
    """Twenty-four orders, newest first. Every eighth is a machine's, and two have no channel."""
    made = []
    for at in range(24):
        one = stored(at, (ANN, LUKASZ)[at % 2], total=100 + at, status=("placed", "packed")[at % 3 == 0])
        one["channel"] = "machine" if at % 8 == 0 else CHANNELS[at % 2 * 2]
        if at in (2, 4):  # of an earlier release
            del one["channel"]
        made.append(one)
    store(shop, *made)
    return made[::-1]


def of(some: list[Json], channel: str, **more: str) -> list[str]:
    wanted = {"channel": channel, **more}
    return ids([one for one in some if all(one.get(key, "staff") == value for key, value in wanted.items())])


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("limit", ["1", "2", "3", "50"])
def test_each_page_is_full_and_each_order_is_on_one_page(
    shop: Shop, mixed: list[Json], channel: str, limit: str
) -> None:
    expected = of(mixed, channel)
    read = list(pages(shop, channel=channel, limit=limit))
    assert [order_id for page in read for order_id in page] == expected
    assert all(len(page) == int(limit) for page in read[:-1])
    assert read[-1]


@pytest.mark.parametrize("channel", CHANNELS)
def test_channel_goes_together_with_the_other_filters_and_orders(
    shop: Shop, mixed: list[Json], channel: str
) -> None:
    assert found(shop, channel=channel, sort="oldest", limit="2") == of(mixed[::-1], channel)
    assert found(shop, channel=channel, sort="largest", limit="2") == of(mixed, channel)
    assert found(shop, channel=channel, status="packed", limit="2") == of(mixed, channel, status="packed")
    words = [one for one in mixed if one["customer"] == ANN]
    assert found(shop, channel=channel, q="neill", limit="2") == of(words, channel)
    assert found(shop, channel=channel, customer="ann@example.org", limit="2") == of(words, channel)
    first, last = mixed[12]["createdAt"], mixed[3]["createdAt"]
    period = {"from_": first, "to": last}
    assert found(shop, channel=channel, limit="2", **period) == of(mixed[3:13], channel)


def test_a_rare_channel_is_found_behind_many_other_orders(
    shop: Shop, mixed: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = SmallPagesClient(aws.dynamodb())
    monkeypatch.setattr(aws, "dynamodb", lambda: client)
    assert found(shop, channel="machine", limit="1") == of(mixed, "machine")


def test_a_channel_that_does_not_exist_is_refused_by_name(shop: Shop) -> None:
    reply = get(shop, channel="fax")
    assert reply.status == 400
    assert reply.fields == {"channel": 'must be one of staff, machine, customer, operator, got "fax"'}
