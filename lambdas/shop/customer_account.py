"""The account of a customer who orders: it names the customer of the order, whatever the order says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from lambdas.shop.documents import Letter
from lambdas.shop.order_channels import CUSTOMER

NAME, EMAIL, VERIFIED = "name", "submittedBy", "emailVerified"  # attributes of a message


class CustomerAccount(NamedTuple):
    """The `sub` of an account, which never changes, its name and its proved e-mail address.

    The name of an order that was lost is empty, because the log has none: an admin adds the customer.
    """

    sub: str
    name: str
    email: str

    def completed(self, document: Any) -> Any:
        """Return a submitted order with the customer's name and e-mail address.

        A document in which the customer is no object stays as it is, and breaks the schema.
        """
        customer = document.get("customer", {}) if isinstance(document, dict) else None
        if not self.name or not isinstance(customer, dict):
            return document
        return {**document, "customer": {**customer, "name": self.name, "email": self.email}}

    def content(self, document: Any) -> list[Any]:
        """Return what makes an order of this account the same one: all but name and e-mail address.

        These two may change while a browser repeats its order. The account is in it, because another customer
        may send the same lines under the same ID.
        """
        customer = document.get("customer", {}) if isinstance(document, dict) else None
        if not isinstance(customer, dict):
            return [self.sub, document]
        kept = {name: value for name, value in customer.items() if name not in ("name", "email")}
        return [self.sub, {**document, "customer": kept}]


def of(channel: str | None, attributes: Mapping[str, str]) -> CustomerAccount | None:
    """Return the account in the attributes of a message that are believed, or None for another channel."""
    if channel != CUSTOMER:
        return None
    found = (attributes.get(name, "") for name in ("sub", NAME, EMAIL))
    return CustomerAccount(*found)


def of_letter(letter: Letter | Mapping[str, Any]) -> CustomerAccount | None:
    """Return the account that sent the order of a dead letter, or None for any other letter."""
    return of(letter.get("channel"), letter["attributes"])
