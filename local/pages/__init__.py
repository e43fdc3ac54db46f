"""The local proxy's own pages: the mailbox, and the page shown while the emulator does not answer."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, select_autoescape

from components.site_files import stylesheet
from local.mailbox import Mails

HTML = "text/html; charset=utf-8"
MAX_MAILS_SHOWN = 200  # the JSON list has all notifications
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MAIL = "/mailbox/mail"
# As a mail program shows a mail: without scripts, and without anything from elsewhere.
POLICY_OF_MAIL = "sandbox; default-src 'none'; style-src 'unsafe-inline'"

_FOLDER = Path(__file__).parent
_SITE = _FOLDER.parents[1] / "site" / "assets"
_templates = Environment(loader=FileSystemLoader(_FOLDER), autoescape=select_autoescape(["html"]))


def mailbox(mails: Mails) -> bytes:
    """Return the page with all mails, newest first."""
    found = [*mails.messages(), *mails.account_mails(), *mails.customer_mails()]
    found.sort(key=lambda mail: mail["sentAt"])
    shown = found[: -MAX_MAILS_SHOWN - 1 : -1]
    return _render("mailbox.html", mails=shown, hidden=len(found) - len(shown))


def mailbox_json(mails: Mails, query: str = "") -> bytes:
    """Return only the notifications, or only the mails to customers, as a JSON list, oldest first."""
    to_customers = parse_qs(query).get("to") == ["customers"]
    found = mails.customer_mails() if to_customers else mails.messages()
    return json.dumps(found, ensure_ascii=False).encode()


def mail_html(mails: Mails, query: str = "") -> bytes:
    """Return the HTML of a mail to a customer, or an empty page if there is no such mail."""
    wanted = parse_qs(query).get("id")
    return next((one["html"] for one in mails.customer_mails() if [one["id"]] == wanted), "").encode()


def unavailable(cause: str) -> bytes:
    """Return the page that says that the emulator does not answer."""
    return _render("unavailable.html", cause=cause)


def _render(name: str, **context: object) -> bytes:
    return _templates.get_template(name).render(context).encode()


def _stylesheet(_: Mails) -> bytes:
    return "\n".join(map(stylesheet, (_SITE / "site.css", _FOLDER / "mailbox.css"))).encode()


def _icon(_: Mails) -> bytes:
    return (_SITE / "icon.svg").read_bytes()


# The pages whose content depends on the query.
BY_QUERY: dict[str, tuple[str, Callable[[Mails, str], bytes]]] = {
    "/mailbox.json": ("application/json; charset=utf-8", mailbox_json),
    MAIL: (HTML, mail_html),
}
BY_PATH: dict[str, tuple[str, Callable[[Mails], bytes]]] = {
    "/mailbox": (HTML, mailbox),
    "/mailbox.css": ("text/css; charset=utf-8", _stylesheet),
    "/mailbox.svg": ("image/svg+xml", _icon),
}
