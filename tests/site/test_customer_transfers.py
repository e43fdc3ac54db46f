"""The transfer of all orders of one customer to another, against an API that a script plays."""

from typing import Any

import pytest

from tests.site.deno import evaluate

Json = dict[str, Any]

# An API with `orders` of the customer a@x.example, in pages of two. `events` maps an order to the error of
# its first PATCH, or to the change that somebody makes just before. With `lags`, the list shows moved orders.
TRANSFER = """(async () => {
    const orders = Array.from({ length: value.orders }, (_, at) => ({
        orderID: String(at), version: 1, customer: { name: "Ann", email: "A@x.example" } }));
    const events = { ...value.events };
    const sent = [];
    const refusal = (status, current) => Object.assign(new Error(`error ${status}`), { status, current });
    async function call(method, path, options) {
        if (method === "GET") {
            const at = Number(new URLSearchParams(path.split("?")[1]).get("cursor") ?? 0);
            const left = orders.filter((order) => order.customer.email !== "b@x.example" || value.lags);
            const page = left.filter(({ orderID }) => Number(orderID) >= at).slice(0, 2);
            const more = left.some(({ orderID }) => Number(orderID) > Number(page.at(-1)?.orderID));
            const nextCursor = more ? String(Number(page.at(-1).orderID) + 1) : null;
            return { orders: structuredClone(page), nextCursor };
        }
        const order = orders[Number(path.split("/").at(-1))];
        const event = events[order.orderID];
        delete events[order.orderID];
        if (event === "new") orders.push({ ...structuredClone(order), orderID: String(orders.length) });
        if (event === "erased") order.customer.email = "";
        if (event === "erased") throw refusal(404);
        if (event === "down") throw refusal(502);
        if (event === "signed out") throw Object.assign(new Error("ended"), { name: "SignedOut" });
        if (event === "packed") order.version++;
        if (event === "third") Object.assign(order, { version: 2, customer: { email: "c@x.example" } });
        if (event === "lost") Object.assign(order, { version: 2, customer: { email: "b@x.example" } });
        if (options.version !== order.version) throw refusal(412, structuredClone(order));
        sent.push(order.orderID);
        order.version++;
        order.customer.email = options.body.customer.email;
        if (event === "stop") transfer.stop();
        return order;
    }
    const transfer = new module.Transfer({ from: "a@x.example", to: "b@x.example", call });
    const runs = [];
    for (let run = 0; run < (value.runs ?? 1); run++) {
        const isWhole = await transfer.run();
        const failed = transfer.failures.map(({ order, error }) => `${order.orderID} ${error.message}`);
        runs.push([isWhole, transfer.done, failed]);
    }
    const twice = sent.length - new Set(sent).size;
    return { runs, twice,
        left: orders.filter(({ customer }) => customer.email === "A@x.example").length };
})()"""


@pytest.mark.parametrize(
    ("given", "runs"),
    [
        ({"orders": 0}, [[True, 0, []]]),
        ({"orders": 5}, [[True, 5, []]]),
        ({"orders": 5, "lags": True}, [[True, 5, []]]),
        ({"orders": 5, "events": {"1": "packed", "3": "new"}}, [[True, 6, []]]),
        ({"orders": 5, "events": {"1": "erased", "2": "third", "4": "lost"}}, [[True, 3, []]]),
        (
            {"orders": 5, "events": {"1": "down", "4": "down"}, "runs": 2},
            [[False, 3, ["1 error 502", "4 error 502"]], [True, 5, []]],
        ),
        ({"orders": 9, "events": {"1": "stop"}, "runs": 2}, [[False, 2, []], [True, 9, []]]),
        (
            {"orders": 9, "events": {"0": "signed out"}, "runs": 2},
            [[False, 1, ["0 ended"]], [True, 9, []]],
        ),
    ],
)
def test_a_transfer_moves_each_order_once_and_goes_on_after_faults(given: Json, runs: Any) -> None:
    (result,) = evaluate("customer/transfer.js", TRANSFER, [given])
    assert (result["runs"], result["twice"], result["left"]) == (runs, 0, 0)


def test_the_merged_customer_has_both_notes_once() -> None:
    pairs = [
        ({}, {}, ""),
        ({"note": "pays late"}, {}, "pays late"),
        ({}, {"note": "ring first"}, "ring first"),
        ({"note": "pays late"}, {"note": "ring first"}, "ring first\npays late"),
        ({"note": "pays late"}, {"note": "ring first\npays late"}, "ring first\npays late"),
    ]
    found = evaluate(
        "customer/transfer.js", "module.mergedNote(value[0], value[1])", [pair[:2] for pair in pairs]
    )
    assert found == [pair[2] for pair in pairs]
