"""The pauses that split the work of a page into short tasks."""

from tests.site.deno import evaluate

MAKE = """(async () => {
  const done = [];
  setTimeout(() => done.push("a press"));
  await module.makeEach([() => done.push("first"), () => done.push("second")]);
  return done;
})()"""
WITH_SCHEDULER = """(async () => {
  globalThis.scheduler = { yield: async () => "the browser's own pause" };
  try { return await module.breath(); } finally { delete globalThis.scheduler; }
})()"""


def test_a_press_is_answered_between_two_things_that_are_made() -> None:
    assert evaluate("lib/once.js", MAKE, [None]) == [["first", "a press", "second"]]


def test_the_pause_of_the_browser_is_used_if_there_is_one() -> None:
    assert evaluate("lib/breath.js", WITH_SCHEDULER, [None]) == ["the browser's own pause"]
