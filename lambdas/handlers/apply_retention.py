"""Once a day: erase orders, customers and dead letters that were kept as long as the configuration says.

An operator may ask by the event {"dryRun": true} what a run would do.
"""

from collections import Counter
from typing import Any

from lambdas.platform import aws, log, times
from lambdas.shop import retention, retention_preview

# Of the last order that is begun: about ten AWS calls of at most 6 s are possible (see aws.py).
_MIN_TIME_MS = 60_000


class _FailedError(Exception):
    """Something that is due could not be erased."""


def handler(event: Any, context: Any) -> dict[str, Any] | None:
    """Erase what is due, until too little time is left; or return what is due, for a dry run.

    Raises retention_preview.InvalidEventError for another event.
    """
    days = retention_preview.days_of_dry_run(event)
    if days is None:
        _apply(context)
        return None
    preview = retention_preview.Preview(times.now_ms(), days)
    for outcome in preview.steps():
        if outcome.error:
            _log_failure(outcome, outcome.error, context)
        if context.get_remaining_time_in_millis() < _MIN_TIME_MS:
            return preview.shown(is_finished=False)
    return preview.shown(is_finished=True)


def _apply(context: Any) -> None:
    """Erase what is due, and log how much it was. The next run goes on where the time was over.

    Raises _FailedError if something could not be erased, so that the alarm sees it and Lambda tries again.
    """
    counts: Counter[str] = Counter()
    is_finished = True
    for outcome in retention.apply(times.now_ms()):
        counts[outcome.figure] += 1
        if outcome.error:
            _log_failure(outcome, outcome.error, context)
        if context.get_remaining_time_in_millis() < _MIN_TIME_MS:
            is_finished = False
            break
    figures = {name: counts[name] for name in retention.FIGURES}
    log.event("retention.applied", requestID=context.aws_request_id, isFinished=is_finished, **figures)
    if failed := counts[retention.FAILED]:
        raise _FailedError(f"{failed} that are due could not be erased: see the events retention.failed")


def _log_failure(outcome: retention.Outcome, error: Exception, context: Any) -> None:
    fields = {"requestID": context.aws_request_id, **outcome.about}
    log.failure("retention.failed", error, code=aws.error_code(error), **fields)
