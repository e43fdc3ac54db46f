"""Runs the very same Pulumi program on this machine."""

import time

BEGUN = time.monotonic()
"""When this process began, as near as the package can tell; `up` counts from here."""
