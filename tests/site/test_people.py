"""The words of the page People."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdas.shop import people
from tests.graph.graph import ROOT
from tests.site.deno import evaluate

SCHEMAS = json.loads((ROOT / "components/api_schemas.json").read_text())
STATES: list[str] = SCHEMAS["PersonState"]["enum"]
EVENTS: list[str] = SCHEMAS["PersonHistoryEntry"]["properties"]["event"]["enum"]
MODULE = "people/words.js"


def words(expression: str, *values: Any) -> list[Any]:
    return evaluate(MODULE, expression, list(values))


def test_every_state_source_and_change_has_words() -> None:
    states = words("module.stateWords({state: value}, 0)", *STATES)
    sources = words('module.sourceWords({source: value, invitedBy: "x"})', *SCHEMAS["PersonSource"]["enum"])
    events = words("module.changeWords({event: value, from: [], to: []})", *EVENTS)
    for found in (states, sources, events):
        assert all(found)
        assert len(set(found)) == len(found)


def test_an_invitation_that_has_ended_is_not_called_invited() -> None:
    person = {"state": "invited", "invitationEndsAt": "2026-01-08T00:00:00.000Z"}
    expression = "module.stateWords(value, Date.parse(value.now))"
    found = words(
        expression, {**person, "now": "2026-01-07T23:59:00Z"}, {**person, "now": "2026-01-08T00:01:00Z"}
    )
    assert found == ["Invited", "Invitation has ended"]


def test_a_change_of_groups_names_both_roles() -> None:
    changed = {"event": "groups-changed", "from": ["staff"], "to": ["staff", "admin"]}
    found = words("module.changeWords(value)", changed, {"event": "invited", "to": ["staff"]})
    assert found == ["Role changed from Staff to Admin, staff", "Invited as Staff"]


def test_people_who_wait_for_an_admin_come_first() -> None:
    listed = [
        {"email": "b@a.example", "state": "active"},
        {"email": "a@a.example", "state": "active"},
        {"email": "i@a.example", "state": "invited"},
        {"email": "z@a.example", "state": "waiting"},
        {"state": "disabled"},
    ]
    (found,) = words("module.inOrder(value)", listed)
    assert [one.get("email") for one in found] == [
        "z@a.example",
        "i@a.example",
        "a@a.example",
        "b@a.example",
        None,
    ]


@pytest.mark.parametrize("is_own", [False, True])
def test_a_group_that_cannot_be_taken_away_is_explained(is_own: bool) -> None:
    expression = f"module.fixedWords(value, {json.dumps(is_own)})"
    free, configured = words(expression, {"configuredGroups": []}, {"configuredGroups": ["staff", "admin"]})
    if is_own:
        assert free == configured == "You cannot take admin from yourself, so that one admin always remains."
    else:
        assert free == ""
        assert configured.endswith("It is taken away in staffEmails and adminEmails.")


def test_actions_fit_the_state_and_never_lock_the_admin_out() -> None:
    others = dict(zip(STATES, words("module.actionsOf({state: value}, false)", *STATES), strict=True))
    own = dict(zip(STATES, words("module.actionsOf({state: value}, true)", *STATES), strict=True))
    assert others.pop("disabled") == ["enable"]
    assert others.pop("invited") == ["invite", "disable"]
    assert set(map(tuple, others.values())) == {("sign-out", "disable")}
    assert not any("disable" in actions for actions in own.values())


def test_a_typed_address_is_compared_without_capital_letters() -> None:
    expression = 'module.isAddress(value, "maria@shop.example")'
    assert words(expression, " Maria@shop.example ", "rnaria@shop.example", "") == [True, False, False]


def test_the_page_shows_a_page_of_the_api() -> None:
    script = (ROOT / "site/assets/pages/people.js").read_text()
    assert f"const PAGE_SIZE = {people.MAX_PAGE};" in script
    assert SCHEMAS["PeopleSize"]["maximum"] == people.MAX_PAGE
