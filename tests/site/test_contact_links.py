"""Links to mailboxes and telephones lead to exactly one recipient, whatever somebody wrote into the field."""

from urllib.parse import unquote, urlsplit

from tests.site.deno import evaluate

MAILBOXES = {
    "anna.bell@shop.example": "mailto:anna.bell@shop.example",
    "anna+orders@shop.example": "mailto:anna%2Borders@shop.example",
    "sales#1@shop.example": "mailto:sales%231@shop.example",
    "a@b.c?bcc=spy@evil.example": "mailto:%22a%40b.c%3Fbcc%3Dspy%22@evil.example",
    "a@b.c?bcc=spy": "mailto:a@b.c%3Fbcc%3Dspy",
    "a?subject=x&body=y@b.example": "mailto:a%3Fsubject%3Dx%26body%3Dy@b.example",
    "50%off@b.example": "mailto:50%25off@b.example",
    "a%3Fbcc=x@b.example": "mailto:a%253Fbcc%3Dx@b.example",
    "front/desk@b.example": "mailto:front%2Fdesk@b.example",
    "o'neill@b.example": "mailto:o'neill@b.example",
    '"a b"@b.example': "mailto:%22a%20b%22@b.example",
    # A comma would separate two recipients, and a colon would begin a group, so the mailbox is quoted.
    "a,victim@b.example": "mailto:%22a%2Cvictim%22@b.example",
    "a;victim@b.example": "mailto:%22a%3Bvictim%22@b.example",
    "team:a@b.example": "mailto:%22team%3Aa%22@b.example",
    "<a>@b.example": "mailto:%22%3Ca%3E%22@b.example",
    'a"b\\c@b.example': "mailto:%22a%5C%22b%5C%5Cc%22@b.example",
    "a..b@b.example": "mailto:%22a..b%22@b.example",
    "müller@bücher.example": "mailto:m%C3%BCller@b%C3%BCcher.example",
    "a@[192.0.2.1]": "mailto:a@%5B192.0.2.1%5D",
    # No domain contains these, and a mail program would read them as further recipients.
    "a@b.c,victim.example": "",
    "a@b.c;victim.example": "",
    "a@b.c<victim.example": "",
    "nobody": "",
    "@b.example": "",
    "a@": "",
}

PHONES = {
    "020 7946 0101": "tel:02079460101",
    "(020) 7946-0101": "tel:02079460101",
    "020.7946.0101": "tel:02079460101",
    "+44 20 7946 0101": "tel:+442079460101",
    "+44 (20) 7946 0101": "tel:+442079460101",
    "+ 44 20 7946 0101": "tel:+442079460101",
    "+44 (0)20 7946 0101": "tel:+442079460101",
    "+44(0)2079460101": "tel:+442079460101",
    "+44-(0)-20-7946-0101": "tel:+442079460101",
    "+44 (020) 7946 0101": "tel:+442079460101",
    "+44 ( 0 ) 20 7946 0101": "tel:+442079460101",
    "0044 20 7946 0101": "tel:+442079460101",
    "0044 (0)20 7946 0101": "tel:+442079460101",
    "(0)20 7946 0101": "tel:02079460101",
    "+39 (0)6 1234 5678": "tel:+390612345678",
    "+39 06 1234 5678": "tel:+390612345678",
    "+1 (555) 123-4567": "tel:+15551234567",
    "030/1234567": "tel:0301234567",
    "0171 / 234 5678": "tel:01712345678",
    "+49 30/1234567": "tel:+49301234567",
    "+49 (0)30/1234567": "tel:+49301234567",
    "+49 (30) / 1234567": "tel:+49301234567",
    "+44\u201120\u20137946 0101": "tel:+442079460101",
    "\u202a+44 20 7946 0101\u202c": "tel:+442079460101",
    "\uff0b\uff14\uff14 20 7946 0101": "tel:+442079460101",
    "\u00a0020\u00a07946 0101 ": "tel:02079460101",
    "020 7946 0101 ext. 12": "tel:02079460101;ext=12",
    "020 7946 0101 ext 12": "tel:02079460101;ext=12",
    "020 7946 0101, extension 12": "tel:02079460101;ext=12",
    "020 7946 0101 x12": "tel:02079460101;ext=12",
    "020 7946 0101 (ext. 12)": "tel:02079460101;ext=12",
    "020 7946 0101;ext=12": "tel:02079460101;ext=12",
    "020 7946 0101 ext 12 or 13": "",
    "020 7946 0101x12": "tel:02079460101;ext=12",
    "+44 (0)20 7946 0101 #12": "tel:+442079460101;ext=12",
    "020 7946 0101 Ext: 0012": "tel:02079460101;ext=0012",
    "030 1234567 Durchwahl 89": "tel:0301234567;ext=89",
    "112": "tel:112",
    "+442079460101234": "tel:+442079460101234",
    # None of these is one number.
    "": "",
    "12": "",
    "+44": "",
    "+4420794601012345": "",
    "020 7946 0101 020 7946 0102": "",
    "020 7946 0101 / 020 7946 0102": "",
    "020 7946 0101/0102": "",
    "0101/0102": "",
    "0301234567/68": "",
    "030/1234567/8": "",
    "020 7946 0101 or 0102": "",
    "020 7946 0101, 020 7946 0102": "",
    "020 7946 0101; 0102": "",
    "020 7946 0101\n020 7946 0102": "",
    "+44 20 7946 0101 +44 20 7946 0102": "",
    "++44 20 7946 0101": "",
    "+0044 20 7946 0101": "",
    "+0 20 7946 0101": "",
    "+(0)20 7946 0101": "",
    "+(44) 20 7946 0101": "tel:+442079460101",
    "0800 FLOWERS": "",
    "020 7946 0101 (office)": "",
    "ask Anna": "",
    "*100#": "",
    "12#": "",
    "anna@shop.example": "",
    "1e5": "",
    "020 7946 0101;phone-context=evil.example": "",
    "020 7946 0101?x=1": "",
    "javascript:alert(1)": "",
    "\u0660\u0661\u0662": "",
}


def test_a_mail_link_opens_a_mail_to_exactly_the_written_mailbox() -> None:
    found = evaluate("lib/contact-links.js", "module.mailAddress(value)", MAILBOXES)
    assert dict(zip(MAILBOXES, found, strict=True)) == MAILBOXES
    for address in filter(None, found):
        parts = urlsplit(address)
        assert (parts.query, parts.fragment) == ("", "")
        assert "@" in unquote(parts.path)


def test_a_phone_link_dials_one_number_or_is_plain_text() -> None:
    found = evaluate("lib/contact-links.js", "module.phoneAddress(value)", PHONES)
    assert dict(zip(PHONES, found, strict=True)) == PHONES


def test_contacts_without_an_address_are_shown_as_text() -> None:
    shown = "{ const text = module[value[0]](value[1]); return text?.textContent ? text.href : text; }"
    cases = [
        ("phoneLink", "020 7946 0101"), ("phoneLink", "ask Anna"), ("phoneLink", ""), ("phoneLink", None),
        ("mailLink", "sales#1@shop.example"), ("mailLink", "nobody"),
    ]  # fmt: skip
    assert evaluate("lib/contact-links.js", f"(() => {shown})()", cases) == [
        "tel:02079460101", "ask Anna", "", None, "mailto:sales%231@shop.example", "nobody",
    ]  # fmt: skip
