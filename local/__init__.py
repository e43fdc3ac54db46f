"""Runs the very same Pulumi program on this machine."""

import time

STARTED_AT = time.monotonic()
"""When this process began, as near as the package can tell; `up` counts from here."""
