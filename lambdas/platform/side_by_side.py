"""Calls side by side, in threads that are made once per process, when they are first needed.

Threads may share boto3's clients. Lambda freezes the process between two invocations, so no call may outlive
its invocation: it would go on in the middle of a later one.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from lambdas.platform import aws

_thread = threading.local()  # `is_ours` is true in a thread of this module

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def call(function: Callable[[_Item], _Result], items: Sequence[_Item]) -> Iterator[_Result]:
    """Call a function with each item; yield the results in the order of the items.

    Raises the first error of a call after all calls have ended. Inside such a call, others are made one after
    the other, because they would wait for threads that wait for them.
    """
    if len(items) < 2 or getattr(_thread, "is_ours", False):
        yield from map(function, items)
        return
    calls = [_threads().submit(function, item) for item in items]
    try:
        for each in calls:
            yield each.result()
    finally:
        wait(calls)


@contextmanager
def begun(function: Callable[[], _Result]) -> Iterator[Callable[[], _Result]]:
    """Begin a call beside the block; give a function that waits for its result or raises its error.

    The block ends after the call has ended.
    """
    one = _threads().submit(function)
    try:
        yield one.result
    finally:
        wait([one])


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(aws.CONNECTIONS, thread_name_prefix="side-by-side", initializer=_mark)


def _mark() -> None:
    _thread.is_ours = True
