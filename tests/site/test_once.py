"""What a page makes when it is first needed, and calls in tasks of their own."""

from tests.site.deno import evaluate

TWICE = """(() => {
    let made = 0;
    const get = module.once(() => ({ number: ++made }));
    return [get().number, get() === get(), made];
})()"""

TURNS = """(async () => {
    const order = [];
    const call = (name) => () => {
        order.push(name);
        setTimeout(() => order.push(`after ${name}`)); // as a press of a key meanwhile
    };
    await module.inTurn(["one", "two", "three"].map(call));
    return order;
})()"""


def test_something_is_made_once_however_often_it_is_needed() -> None:
    assert evaluate("lib/once.js", TWICE, [None]) == [[1, True, 1]]


def test_other_tasks_run_between_calls_in_turn() -> None:
    assert evaluate("lib/once.js", TURNS, [None]) == [["one", "after one", "two", "after two", "three"]]
