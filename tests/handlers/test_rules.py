"""The small rules: groups, statuses, amounts of money, dates and times."""

import pytest

from lambdas.platform import times
from lambdas.platform.access import groups, may_erase, may_recall, may_use_orders
from lambdas.shop import order_status, pricing


@pytest.mark.parametrize(
    ("claim", "names"),
    [
        ("staff", {"staff"}),
        ("staff,admin", {"staff", "admin"}),
        ("staff, admin", {"staff", "admin"}),
        ("[staff admin]", {"staff", "admin"}),
        ("[admin]", {"admin"}),
        ("[staff, admin]", {"staff", "admin"}),
        ("[staff,admin]", {"staff", "admin"}),
        ("[ staff , other ]", {"staff", "other"}),
        ("[staff other]", {"staff", "other"}),
        ("[]", set()),
        ("", set()),
        (" ", set()),
        (",", set()),
    ],
)
def test_the_groups_claim_is_read_in_every_format(claim: str, names: set[str]) -> None:
    assert groups(claim) == names


@pytest.mark.parametrize(
    "claim",
    ["not-admin", "administrators", "sub-admin-x", "[not-admin x]", "[x, not-admin]", "Admin", "ad min"],
)
def test_part_of_a_group_name_gives_no_access(claim: str) -> None:
    """Cognito sends the groups in one string, so a substring check would accept the group `not-admin`."""
    assert not may_erase(groups(claim))
    assert not may_use_orders(groups(claim))


def test_staff_may_use_orders_but_not_erase_them() -> None:
    assert may_use_orders({"staff"})
    assert not may_erase({"staff"})
    assert may_use_orders({"admin"})
    assert may_erase({"admin"})


def test_only_admins_may_recall_an_order() -> None:
    assert not may_recall({"staff"})
    assert may_recall({"staff", "admin"})


def test_an_order_moves_one_step_or_is_cancelled_before_shipping() -> None:
    moves = {(a, b) for a in order_status.NEXT for b in order_status.NEXT if order_status.may_move(a, b)}
    assert moves == {
        ("placed", "packed"),
        ("placed", "cancelled"),
        ("packed", "shipped"),
        ("packed", "cancelled"),
        ("packed", "placed"),
        ("shipped", "delivered"),
        ("shipped", "packed"),
        ("delivered", "shipped"),
    }


def test_a_refused_move_names_the_allowed_ones() -> None:
    message = order_status.refusal("placed", "delivered", by_admin=False)
    assert message == "an order that is placed cannot become delivered: it can become packed or cancelled"
    assert "final" in order_status.refusal("rejected", "placed", by_admin=True)


@pytest.mark.parametrize(
    ("status", "by_admin", "allowed"),
    [
        ("packed", False, "it can become shipped or cancelled, or go back to placed with a note"),
        ("shipped", False, "it can become delivered"),
        ("shipped", True, "it can become delivered, or go back to packed with a note"),
        ("delivered", False, "only an admin can move it back"),
        ("delivered", True, "it can go back to shipped with a note"),
    ],
)
def test_a_refused_move_names_the_steps_back_of_this_person(
    status: str, by_admin: bool, allowed: str
) -> None:
    message = order_status.refusal(status, "rejected", by_admin=by_admin)
    assert message == f"an order that is {status} cannot become rejected: {allowed}"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (0, "GBP", "GBP 0.00"),
        (5, "GBP", "GBP 0.05"),
        (123_456, "GBP", "GBP 1,234.56"),
        (10**15, "EUR", "EUR 10,000,000,000,000.00"),
        (1234, "JPY", "JPY 1,234"),
        (1234, "KWD", "KWD 1.234"),
    ],
)
def test_an_amount_has_the_decimal_places_of_its_currency(amount: int, currency: str, text: str) -> None:
    assert pricing.format_amount(amount, currency) == text


def test_times_are_written_exact_to_the_millisecond() -> None:
    assert times.iso(1_291_191_960_123) == "2010-12-01T08:26:00.123Z"
    assert times.iso(0) == "1970-01-01T00:00:00.000Z"
    # All texts have the same length, so they sort like the times.
    assert len({len(times.iso(ms)) for ms in (0, 1, 999, 1000, 10**12)}) == 1


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01-31", "2026-01-31T00:00:00.000Z", "2026-01-31T23:59:59.999Z"),
        ("2026-01-31T10:00Z", "2026-01-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z"),
        ("2026-01-31T10:00:00.5", "2026-01-31T10:00:00.500Z", "2026-01-31T10:00:00.500Z"),
        ("2026-01-31T00:30:00+01:00", "2026-01-30T23:30:00.000Z", "2026-01-30T23:30:00.000Z"),
    ],
)
def test_a_date_means_a_day_and_a_time_an_instant(text: str, first: str, last: str) -> None:
    assert (times.first_instant(text), times.last_instant(text)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "26-01-01",
        "2026-W01-1",
        "20260101",
        "2026-01-31T25:00Z",
        "yesterday",
        "２０２６-01-31",
        "2026-01-31 ",
        "2026-01-31T00:30:00 01:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "0000-01-01",
    ],
)
def test_an_invalid_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        times.first_instant(text)
