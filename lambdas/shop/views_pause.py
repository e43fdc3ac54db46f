"""The pause of the function that follows the orders' stream, which a rebuild begins and ends.

Lambda measures no age of the stream meanwhile. So no alarm about a metric shows a pause that nobody ends,
because the rebuild was killed.
"""

import os

from lambdas.platform import aws, times

# A rebuild of 100,000 orders takes some 3 minutes. After 12 hours, Lambda gives up changes.
LONGEST_MS = 30 * 60_000
_OFF = ("Disabling", "Disabled")


def too_long() -> str | None:
    """Return since when the function is paused, if that is longer than a usual rebuild takes, else None.

    Raises the errors of boto3.
    """
    mappings = os.environ["SHOP_VIEWS_MAPPINGS"].split()
    found = [aws.functions().get_event_source_mapping(UUID=mapping) for mapping in mappings]
    # The last change of a mapping that is switched off is the one that has switched it off.
    paused = [int(one["LastModified"].timestamp() * 1000) for one in found if one["State"] in _OFF]
    since = min(paused, default=None)
    return times.iso(since) if since is not None and times.now_ms() - since > LONGEST_MS else None
