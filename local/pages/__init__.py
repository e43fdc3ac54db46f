"""The local proxy's own pages: the mailbox, and the page shown while the emulator does not answer."""

import json
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from components.site_files import stylesheet
from local.mailbox import Mails

HTML = "text/html; charset=utf-8"
MAX_MAILS_SHOWN = 200  # the JSON list has all notifications
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_FOLDER = Path(__file__).parent
_SITE = _FOLDER.parents[1] / "site" / "assets"
_templates = Environment(loader=FileSystemLoader(_FOLDER), autoescape=select_autoescape(["html"]))


def mailbox(mails: Mails) -> bytes:
    """Return the page with notifications and Cognito's mails, newest first."""
    both = sorted(mails.messages() + mails.account_mails(), key=lambda mail: mail["sentAt"])
    shown = both[: -MAX_MAILS_SHOWN - 1 : -1]
    return _render("mailbox.html", mails=shown, hidden=len(both) - len(shown))


def mailbox_json(mails: Mails) -> bytes:
    """Return only the notifications, as a JSON list, oldest first."""
    return json.dumps(mails.messages(), ensure_ascii=False).encode()


def unavailable(cause: str) -> bytes:
    """Return the page that says that the emulator does not answer."""
    return _render("unavailable.html", cause=cause)


def _render(name: str, **context: object) -> bytes:
    return _templates.get_template(name).render(context).encode()


def _stylesheet(_: Mails) -> bytes:
    return "\n".join(map(stylesheet, (_SITE / "site.css", _FOLDER / "mailbox.css"))).encode()


def _icon(_: Mails) -> bytes:
    return (_SITE / "icon.svg").read_bytes()


BY_PATH: dict[str, tuple[str, Callable[[Mails], bytes]]] = {
    "/mailbox": (HTML, mailbox),
    "/mailbox.json": ("application/json; charset=utf-8", mailbox_json),
    "/mailbox.css": ("text/css; charset=utf-8", _stylesheet),
    "/mailbox.svg": ("image/svg+xml", _icon),
}
