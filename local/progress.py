"""The progress of a long command on standard error."""

import sys


class Progress:
    """Progress on standard error: one rewritten line on a terminal, otherwise a new line after each tenth."""

    def __init__(self, what: str, total: int) -> None:
        """Take the label of the line, and the count at which it is complete."""
        self._what = what
        self._total = total
        self._done = 0
        self._live = sys.stderr.isatty()

    def step(self, count: int = 1) -> None:
        """Add to the count. Print the progress: at every step on a terminal, else at each further tenth."""
        before, self._done = self._done, self._done + count
        if self._live:
            end = "\n" if self._done == self._total else ""
            print(f"\r{self._what}: {self._done} of {self._total}", end=end, file=sys.stderr, flush=True)
        elif self._done * 10 // self._total > before * 10 // self._total:
            print(f"{self._what}: {self._done} of {self._total}", file=sys.stderr, flush=True)
