"""Structured logs: one line of JSON per event, never with a customer's name, e-mail address or address."""

import json
import sys
import traceback


def event(name: str, **fields: object) -> None:
    """Write one event with its fields."""
    # In one write, because `print` writes the line break by itself, after the line of another thread.
    sys.stdout.write(f"{json.dumps({'event': name, **fields}, default=str)}\n")
    sys.stdout.flush()


def failure(name: str, error: BaseException, **fields: object) -> None:
    """Write an event with the class and place of an error, without its text, which may name a customer."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
    event(name, level="ERROR", error=type(error).__name__, at=places, **fields)
