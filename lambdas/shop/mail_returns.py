"""Mails that did not arrive: what SES says about a mail to a customer after it took the mail.

SES publishes the events of a configuration set as JSON, with the tags of the mail. Their form is from the SES
Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS".
"""

import re
from collections.abc import Iterable
from typing import Any

from lambdas.platform import log, strict_json, text
from lambdas.platform.errors import UndeliverableError
from lambdas.shop import address_search, ledger

ORDER, STATUS = "orderID", "status"  # the tags of a mail
_MAX_REASON = 300  # characters; a mail server may say much
# The kinds of bounces. An automatic reply, such as that of somebody on holiday, is a transient one as well,
# and its mail has arrived.
_TRANSIENT, _GENERAL = "Transient", "General"


def note(body: str) -> None:
    """Note a bounce or a complaint at its mail. Raises UndeliverableError for what is no message of SES."""
    event = _parsed(body)
    tags, kind = _object(_object(event.get("mail")).get("tags")), event.get("eventType")
    order_id, status = (_first(tags.get(name)) for name in (ORDER, STATUS))
    if not kind or not order_id or not status:
        raise UndeliverableError("it must name an order and its event, or be an event of SES with both")
    notes = _notes(event, [str(one) for one in _list(_object(event["mail"]).get("destination"))])
    if not notes:
        log.event("customer_mail.arrived", orderID=order_id)
        return
    is_known = ledger.note(ledger.id_to_customer(order_id, status), **notes)
    log.event("customer_mail.returned" if is_known else "customer_mail.unknown", orderID=order_id)


def without_address(reason: str, *addresses: str) -> str:
    """Return a reason without the addresses of customers, which would stay when the customer is erased."""
    spelled = [one for address in addresses for one in text.spellings(address)]
    if not spelled:
        return reason
    return re.sub(address_search.pattern(spelled), "(the address)", reason, flags=re.IGNORECASE)


def _notes(event: dict[str, Any], addresses: list[str]) -> dict[str, str]:
    """Return what an event adds to the entry of its mail, or nothing if the mail has arrived."""
    if event["eventType"] == "Bounce":
        bounce = _object(event.get("bounce"))
        kind, detail = bounce.get("bounceType", ""), bounce.get("bounceSubType", "")
        if (kind, detail) == (_TRANSIENT, _GENERAL):
            return {}
        said = [_object(one).get("diagnosticCode", "") for one in _list(bounce.get("bouncedRecipients"))]
        return {"bouncedAt": _time(event, bounce), "because": _reason([*said, f"{kind} {detail}"], addresses)}
    if event["eventType"] == "Complaint":
        complaint = _object(event.get("complaint"))
        said = [complaint.get("complaintFeedbackType", ""), complaint.get("complaintSubType", "")]
        return {"complainedAt": _time(event, complaint), "because": _reason(said, addresses)}
    return {}


def _reason(said: Iterable[object], addresses: list[str]) -> str:
    first = next((str(one) for one in said if one and str(one).strip()), "no reason given")
    return without_address(text.line(first), *addresses)[:_MAX_REASON]


def _time(event: dict[str, Any], part: dict[str, Any]) -> str:
    return str(part.get("timestamp") or _object(event["mail"]).get("timestamp", ""))


def _parsed(body: str) -> dict[str, Any]:
    try:
        return _object(strict_json.parse(body))
    except strict_json.NotJsonError as error:
        raise UndeliverableError(f"it must be JSON: {error}") from None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _first(values: Any) -> str:
    """Return the first value of a tag, which SES gives as a list, or an empty text."""
    return next((one for one in _list(values) if isinstance(one, str)), "")
