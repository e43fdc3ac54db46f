"""The list of orders with exactly one label, which is a tag or the assignee."""

import pytest

from lambdas.shop import order_search
from tests.handlers.order_lists import ANN, LUKASZ, found, get, ids, pages, store, stored
from tests.handlers.shop import Json, Shop, change, order
from tests.handlers.test_order_calls import FORWARD, patch

pytestmark = pytest.mark.store

BOB = {"name": "Bob Okafor", "email": "bob@example.org"}


def labelled(minute: int = 0, *tags: str, assignee: str = "", status: str = "placed") -> Json:
    """Return an order with labels as the table contains it."""
    labels = {"tags": list(tags), "assignee": assignee}
    return stored(minute, status=status) | {name: value for name, value in labels.items() if value}


@pytest.mark.parametrize(
    "label", ["Bob", "van 2", "★", "!", "张三", "a-b", "bob@shop.example", "Müller", "x" * 60, "O’Neill #1"]
)
def test_a_label_finds_only_orders_whose_tag_or_assignee_it_is(shop: Shop, label: str) -> None:
    tagged, assigned, *_ = store(
        shop,
        labelled(1, "rush", label),
        labelled(2, assignee=label),
        labelled(3, f"{label} 2", f"2 {label}", f"{label}x", label[:-1] or "y", assignee=f"{label}@x"),
        stored(4, {"name": label, "email": "x@y.example", "company": label}),
        stored(5) | {"notes": label, "reference": label},
    )
    assert found(shop, label=label) == ids([assigned, tagged])
    assert found(shop, label=label, sort="oldest") == ids([tagged, assigned])


@pytest.mark.parametrize(("label", "asked"), [("Bob", "bOB"), ("Straße", "STRASSE"), ("Élan", " éLAN ")])
def test_capital_letters_make_no_other_label(shop: Shop, label: str, asked: str) -> None:
    (mine,) = store(shop, labelled(1, label))
    assert found(shop, label=asked) == [mine["orderID"]]


def test_an_accent_makes_another_label(shop: Shop) -> None:
    plain, accented = store(shop, labelled(1, "Elan"), labelled(2, "Élan"))
    assert found(shop, label="elan") == [plain["orderID"]]
    assert found(shop, label="élan") == [accented["orderID"]]


def test_a_label_combines_with_each_other_filter(shop: Shop) -> None:
    placed = [labelled(at, assignee="Bob") for at in range(3)]
    packed = [labelled(at, "Bob", status="packed") for at in range(3, 5)]
    other = labelled(5, "Bob") | {"customer": LUKASZ, "customerEmail": LUKASZ["email"]}
    rejected = [labelled(at, "bob", status="rejected") for at in (6, 7)]
    rejected[0]["settledAt"] = "2010-12-01T09:00:00.000Z"
    store(shop, *placed, *packed, other, *rejected, stored(8, BOB), stored(9, status="packed"))
    assert found(shop, label="Bob", status="packed") == ids(packed[::-1])
    assert found(shop, label="Bob", status="rejected") == ids(rejected[::-1])
    assert found(shop, label="Bob", status="rejected", settled="yes") == [rejected[0]["orderID"]]
    assert found(shop, label="Bob", status="rejected", settled="no") == [rejected[1]["orderID"]]
    assert found(shop, label="Bob", customer=LUKASZ["email"].upper()) == [other["orderID"]]
    assert found(shop, label="Bob", customer=ANN["email"], status="packed") == ids(packed[::-1])
    period = {"from_": "2010-12-01T08:02:00Z", "to": "2010-12-01T08:03:00Z"}
    assert found(shop, label="Bob", **period) == ids([packed[0], placed[2]])
    assert found(shop, label="Bob", q="lukasz") == [other["orderID"]]
    assert found(shop, label="Bob", q="okafor") == []
    assert found(shop, label="Eve") == []


@pytest.mark.thorough
@pytest.mark.parametrize("limit", ["1", "3", "100"])
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sort": "oldest"},
        {"status": "packed"},
        {"customer": LUKASZ["email"]},
        {"q": "miller"},
        {"to": "2010-12-01T08:20:00Z"},
    ],
)
def test_each_page_but_the_last_is_full_however_many_others_are_labelled(
    shop: Shop, limit: str, query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One call reads no more orders than would fill its page, so the index itself leaves out the others."""
    monkeypatch.setattr(order_search, "_MAX_ORDERS", int(limit) + 1)
    monkeypatch.setattr(order_search, "_LEAST_ORDERS", 1)
    some = [
        stored(at, (ANN, LUKASZ)[at % 7 == 0], status=("placed", "packed")[at % 5 == 0])
        | {"tags": [("Bob", "Bob 2")[at % 2]]}
        for at in range(40)
    ]
    store(shop, *some)
    wanted = [one for one in some if one["tags"] == ["Bob"] and _is_asked_for(one, query)]
    assert len(wanted) > 2
    if query.get("sort") != "oldest":
        wanted.reverse()
    read = list(pages(shop, label="bob", limit=limit, **query))
    assert [order_id for page in read for order_id in page] == ids(wanted)
    assert all(len(page) == int(limit) for page in read[:-1])
    assert read[-1], "the last page is empty"


def _is_asked_for(one: Json, query: dict[str, str]) -> bool:
    return bool(
        query.get("status", one["status"]) == one["status"]
        and query.get("customer", one["customer"]["email"]) == one["customer"]["email"]
        and ("q" not in query or one["customer"] == ANN)
        and one["createdAt"] <= query.get("to", "9").replace("00Z", "00.000Z")
    )


@pytest.mark.parametrize("is_followed", [True, False])
def test_an_order_is_found_by_its_new_labels_and_no_more_by_the_old_ones(
    shop: Shop, is_followed: bool
) -> None:
    """A label that was removed finds no order, even before the search knows of the change."""
    placed = shop.place(order())
    shop.follow(change(None, placed))
    before = _change(shop, placed, {"labels": {"tags": ["rush"], "assignee": "Bob"}})
    assert [found(shop, label=one) for one in ("rush", "bob")] == [[placed["orderID"]]] * 2
    patch(shop, placed["orderID"], {"labels": {"tags": [], "assignee": "Eve"}})
    if is_followed:
        shop.follow(change(before, shop.orders()[placed["orderID"]]))
    assert [found(shop, label=one) for one in ("rush", "bob")] == [[], []]
    assert found(shop, label="eve") == [placed["orderID"]] * is_followed


def test_a_labelled_order_is_found_in_each_status_that_it_gets(shop: Shop) -> None:
    placed = shop.place(order())
    shop.follow(change(None, placed))
    _change(shop, placed, {"labels": {"assignee": "Bob"}})
    for before, status in zip(("placed", *FORWARD), FORWARD, strict=False):
        _change(shop, placed, {"status": status})
        assert found(shop, label="Bob", status=status) == [placed["orderID"]]
        assert found(shop, label="Bob", status=before) == []


def _change(shop: Shop, placed: Json, body: Json) -> Json:
    """Make a change, and have the search follow it."""
    before = shop.orders()[placed["orderID"]]
    assert patch(shop, placed["orderID"], body).status == 200
    after = shop.orders()[placed["orderID"]]
    shop.follow(change(before, after))
    return after


def test_a_label_of_blanks_lists_every_order(shop: Shop) -> None:
    (one,) = store(shop, stored())
    assert found(shop, label=" \u200b ") == [one["orderID"]]


def test_a_label_that_no_order_can_have_is_400_with_the_rule(shop: Shop) -> None:
    reply = get(shop, label="x" * 61)
    assert (reply.status, reply.fields) == (400, {"label": "must have at most 60 characters, got 61"})


@pytest.mark.parametrize("sort", ["largest", "smallest"])
def test_a_label_is_not_sorted_by_total(shop: Shop, sort: str) -> None:
    reply = get(shop, label="Bob", sort=sort)
    assert (reply.status, list(reply.fields)) == (400, ["sort"])
    assert "together with label" in reply.fields["sort"]
