"""Changes of the tags and the assignee of an order, as the pages make them."""

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
