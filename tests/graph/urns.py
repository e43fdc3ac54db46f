"""Writes urns.txt anew: every URN that a stack of this program has in a state file somewhere.

    python -m tests.graph.urns

A line that goes away there is a resource deleted at the next `up`; so give a renamed one `aliases` first.
"""

from __future__ import annotations

from tests.graph.conftest import EVERYTHING
from tests.graph.graph import Graph
from tests.graph.test_program import URNS, urns

if __name__ == "__main__":
    graphs = [Graph("dev"), Graph("prod"), Graph("prod", EVERYTHING)]
    URNS.write_text("".join(f"{urn}\n" for urn in sorted(urns(*graphs))))
