"""Changes of the labels of an order as the pages make them, and the address of the list of a label."""

from typing import Any

import pytest

from tests.site.deno import evaluate

Json = dict[str, Any]


def after(order: Json, **change: Any) -> Any:
    wanted = {"add": [], "remove": []} | change
    [found] = evaluate("order/labels.js", "module.labelsAfter(value[0], value[1])", [[order, wanted]])
    return found


@pytest.mark.parametrize(
    ("order", "change", "labels"),
    [
        ({}, {}, None),
        ({}, {"add": ["rush"]}, {"tags": ["rush"]}),
        ({"tags": ["one"]}, {"add": ["rush"]}, {"tags": ["one", "rush"]}),
        ({"tags": ["Rush"]}, {"add": ["rush"]}, None),
        ({"tags": ["Rush"]}, {"add": ["rush"], "remove": ["Rush"]}, {"tags": ["rush"]}),
        ({"tags": ["Rush", "one"]}, {"remove": ["rush"]}, {"tags": ["one"]}),
        ({"tags": ["one"]}, {"remove": ["rush"]}, None),
        ({"assignee": "Bob"}, {"assignee": "Bob"}, None),
        ({"assignee": "Bob"}, {"assignee": ""}, {"assignee": ""}),
        ({"tags": ["a"], "assignee": "Bob"}, {"assignee": "van 2"}, {"assignee": "van 2"}),
    ],
)
def test_a_change_sends_only_the_labels_that_differ(order: Json, change: Json, labels: Any) -> None:
    assert after(order, **change) == labels


def test_two_people_who_tag_one_order_keep_both_tags() -> None:
    """A change is made to the labels that are stored by then, not to those that were on screen."""
    typed = "module.changeTo({ tags: module.tagsIn(value), assignee: '' }, { tags: ['one'] })"
    [change] = evaluate("order/labels.js", typed, ["one, rush ,,"])
    assert after({"tags": ["one", "fragile"]}, **change) == {"tags": ["one", "fragile", "rush"]}


@pytest.mark.parametrize(
    ("changes", "before", "address"),
    [
        ({"label": "van 2"}, "", "?label=van+2"),
        ({"label": "Bob", "cursor": None}, "cursor=x&sort=largest&q=ann", "?q=ann&label=Bob"),
        (
            {"label": None},
            "customer=a@b.example&label=Bob&status=packed",
            "?status=packed&customer=a%40b.example",
        ),
        ({"sort": "smallest"}, "label=Bob", "?label=Bob"),
        ({"sort": "oldest"}, "label=Bob", "?label=Bob&sort=oldest"),
    ],
)
def test_the_address_of_the_list_has_its_label_and_never_sorts_it_by_total(
    changes: Json, before: str, address: str
) -> None:
    added = "module.addressWith(value[0], new URLSearchParams(value[1]))"
    assert evaluate("list/address.js", added, [[changes, before]]) == [f"/orders.html{address}"]
