"""Run the unchanged Pulumi program on this machine."""

import time

STARTED_AT = time.monotonic()
"""Monotonic time in seconds when this process imported the package. `up` measures its start from here."""
