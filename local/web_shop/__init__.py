"""A small web shop that orders from the order desk, as another company would write one.

It knows docs/connect.md, the five values that an admin gives a developer, and a catalog. It uses the standard
library alone and nothing else of this repository. `python -m local shop` runs it.
"""
