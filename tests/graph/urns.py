"""Write urns.txt again: every URN that the state of an existing stack may contain.

    python -m tests.graph.urns

A line that disappears is a resource that the next `up` deletes. Give a renamed resource `aliases` first.
"""

from __future__ import annotations

from tests.graph.conftest import EVERYTHING
from tests.graph.graph import Graph
from tests.graph.test_program import URNS, urns

if __name__ == "__main__":
    graphs = [Graph("dev"), Graph("prod"), Graph("prod", EVERYTHING)]
    URNS.write_text("".join(f"{urn}\n" for urn in sorted(urns(*graphs))))
