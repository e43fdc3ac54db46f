"""Content of an account on a version, its orders page by page, and the sheets of what it bought."""

from typing import Any

import pytest

from tests.site.deno import evaluate

STORED, HISTORY = "../storefront/assets/account/stored.js", "../storefront/assets/orders/history.js"
BOUGHT = "../storefront/assets/sheets/bought.js"
Json = dict[str, Any]

# An account with content on version 1, which another device has changed if `value.answer` is that change.
STORE = """(async () => {
  const asked = [];
  const shown = [];
  const stored = new module.Stored(value.kind, { version: 1, [value.kind]: ["old"] },
    () => shown.push(stored.row[value.kind]), async (...call) => {
      asked.push(call);
      const { status, answer: current } = value;
      if (status) throw Object.assign(new Error("refused"), { status, current });
      return value.answer;
    });
  const error = await stored.store(["new"]).then(() => "", ({ message }) => message);
  return { asked, shown, error, version: stored.row.version };
})()"""


def stored(kind: str, answer: Json | None, status: int = 0) -> Json:
    [found] = evaluate(STORED, STORE, [{"kind": kind, "answer": answer, "status": status}])
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("kind", ["addresses", "lists"])
def test_a_change_names_its_version_and_is_shown(kind: str) -> None:
    found = stored(kind, {"version": 2, kind: ["new"]})
    assert found["asked"] == [["PUT", f"/account/{kind}", {"body": {kind: ["new"]}, "version": 1}]]
    assert (found["shown"], found["error"], found["version"]) == ([["new"]], "", 2)


@pytest.mark.parametrize("kind", ["addresses", "lists"])
def test_a_change_of_another_device_is_shown_and_said(kind: str) -> None:
    """Without the error, the customer would believe that the own change is stored."""
    found = stored(kind, {"version": 7, kind: ["theirs"]}, 412)
    assert (found["shown"], found["version"]) == ([["theirs"]], 7)
    assert found["error"].startswith(f"The {kind} were changed on another device.")


def test_another_refusal_shows_nothing_and_is_passed_on() -> None:
    found = stored("lists", None, 413)
    assert (found["shown"], found["error"], found["version"]) == ([], "refused", 1)


# Pages of two orders. `steps` are what the page does: "look", "older", or "new" for an order that comes in.
READ = """(async () => {
  const all = Array.from({ length: 5 }, (_, at) => ({ orderID: String(5 - at) }));
  const asked = [];
  const history = new module.OrderHistory(async (cursor) => {
    asked.push(cursor);
    const from = cursor ? all.findIndex(({ orderID }) => orderID === cursor) + 1 : 0;
    const orders = all.slice(from, from + 2);
    return { orders, nextCursor: from + 2 < all.length ? orders[1].orderID : null };
  });
  for (const step of value) {
    if (step === "new") all.unshift({ orderID: "new" });
    else if (step === "twice") await Promise.all([history.older(), history.older()]);
    else await history[step]();
  }
  return { asked, shown: history.orders.map(({ orderID }) => orderID), next: history.next };
})()"""


@pytest.mark.parametrize(
    ("steps", "asked", "shown", "following"),
    [
        (["look", "older"], ["", "4"], ["5", "4", "3", "2"], "2"),
        (["look", "older", "older"], ["", "4", "2"], ["5", "4", "3", "2", "1"], None),
        (["look", "older", "look"], ["", "4", ""], ["5", "4", "3", "2"], "2"),
        (["look", "new", "look"], ["", ""], ["new", "5", "4"], "4"),
        (["look", "new", "look", "older"], ["", "", "4"], ["new", "5", "4", "3", "2"], "2"),
        (["older", "older"], ["", "4"], ["5", "4", "3", "2"], "2"),
        (["look", "twice"], ["", "4", "4"], ["5", "4", "3", "2"], "2"),
        (["look", "older", "older", "older"], ["", "4", "2"], ["5", "4", "3", "2", "1"], None),
    ],
)
def test_older_orders_follow_from_the_cursor_of_those_before(
    steps: list[str], asked: list[str], shown: list[str], following: str | None
) -> None:
    [found] = evaluate(HISTORY, READ, [steps])
    assert found == {"asked": asked, "shown": shown, "next": following}


def test_the_cursor_is_a_part_of_the_address() -> None:
    expression = """(async () => {
      const asked = [];
      const send = async (...call) => void asked.push(call);
      for (const cursor of value) await module.readOrders("12", cursor, send);
      return asked;
    })()"""
    [found] = evaluate(HISTORY, expression, [["", "a+/=&b"]])
    assert found == [["GET", "/orders?limit=12"], ["GET", "/orders?limit=12&cursor=a%2B%2F%3D%26b"]]


# ---- safety data sheets of what was bought


def test_each_product_is_bought_once_with_the_name_and_day_of_its_last_order() -> None:
    orders = [
        {"createdAt": "2026-02-01", "items": [{"sku": "A", "name": "Old"}, {"sku": "B"}]},
        {"createdAt": "2026-03-01", "items": [{"sku": "A", "name": "New"}, {"sku": "A", "name": "Twice"}]},
        {"createdAt": "2026-01-01", "items": [{"sku": "B", "name": "Older"}, {"sku": "C", "name": "C"}]},
    ]
    [found] = evaluate(BOUGHT, "[...value.reduce(module.withOrder, new Map()).values()]", [orders])
    assert found == [
        {"sku": "A", "name": "New", "at": "2026-03-01"},
        {"sku": "B", "name": "B", "at": "2026-02-01"},
        {"sku": "C", "name": "C", "at": "2026-01-01"},
    ]


def test_products_stand_by_name_with_the_newest_sheet_or_what_is_missing() -> None:
    sheet = {"path": "/files/a.pdf", "version": "3", "date": "2026-03-01"}
    bought = [[sku, {"sku": sku, "name": f"{sku} then", "at": "2026-02-01"}] for sku in ("Z", "A", "P", "G")]
    facts = [
        ["Z", {"name": "Zinc", "sheet": sheet}],
        ["A", {"name": "Acid", "sheet": sheet}],
        ["P", {"name": "Pail"}],
        ["G", None],
    ]
    [found] = evaluate(
        BOUGHT,
        "module.shelved(new Map(value.bought), new Map(value.facts))",
        [{"bought": bought, "facts": facts}],
    )
    names = {part: [one["name"] for one in rows] for part, rows in found.items()}
    assert names == {"sheets": ["Acid", "Zinc"], "without": ["Pail"], "gone": ["G then"]}
    assert found["sheets"][0]["sheet"] == sheet


def test_nothing_was_bought_by_an_order_that_was_not_delivered() -> None:
    statuses = ["placed", "packed", "shipped", "delivered", "rejected", "cancelled"]
    found = evaluate(BOUGHT, "module.isBought({ status: value })", statuses)
    assert found == [True] * 4 + [False] * 2


def test_the_page_says_how_far_back_it_looked() -> None:
    values: list[Json] = [
        {"all": [12, "1 May", True]},
        {"all": [1, "1 May", False]},
        {"all": [30, "1 May", False]},
    ]
    assert evaluate(BOUGHT, "module.readSoFar(...value.all)", values) == [
        "These are from your last 12 orders, back to 1 May.",
        "This is from your one order, of 1 May.",
        "These are from all of your 30 orders, back to 1 May.",
    ]
