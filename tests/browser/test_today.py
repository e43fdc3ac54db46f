"""The first page with real orders: its figures, open orders and problems, in local time."""

import json
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Route, expect

from local import emulator
from local.api import Api
from tests.browser.conftest import HOSTILE, Json, OpenTab, PlaceOrder
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab, number_of
from tests.browser.today import UTC, figure, iso, reported_orders, sees_figures

pytestmark = pytest.mark.browser

ZONES = ["Europe/London", "Asia/Kolkata", "America/New_York"]
AGES = ["Under 4 hours", "Earlier today", "Yesterday", "2–7 days ago", "Older"]
UNSOLD = ("rejected", "cancelled")

BackDate = Callable[..., str]
PAGE_SIZE = 50  # orders on a page of the list
BACK_DATED = 100_000  # the number of the first order that was put into the table


@pytest.fixture
def back_date(outputs: Json, place_order: PlaceOrder) -> Iterator[BackDate]:
    """Put an order of another time into the table and return its number. Delete the order after the test."""
    dynamodb = emulator.client("dynamodb", outputs["local"]["endpointUrl"], outputs["region"])
    table = outputs["ordersTable"]
    made: list[str] = []
    copied: list[Json] = []

    def put(at: datetime, status: str = "placed") -> str:
        copied.extend([] if copied else [place_order()])
        [order] = copied
        item = dynamodb.get_item(TableName=table, Key={"orderID": {"S": order["orderID"]}})["Item"]
        made.append(str(uuid.uuid4()))
        text = json.dumps(item).replace(order["orderID"], made[-1]).replace(order["createdAt"], iso(at))
        number = BACK_DATED + len(made)
        moved = json.loads(text) | {"status": {"S": status}, "number": {"N": str(number)}}
        moved["statusShard"] = {"S": f"{status}#{item['statusShard']['S'].split('#')[1]}"}
        dynamodb.put_item(TableName=table, Item=moved)
        return number_of({"number": number})

    yield put
    for order_id in made:
        dynamodb.delete_item(TableName=table, Key={"orderID": {"S": order_id}})


def listed(tab: Tab, count: int) -> set[str]:
    """The numbers of all orders of a list of `count` orders, page after page."""
    found: set[str] = set()
    while True:
        expect(tab.css("#order-rows th a")).to_have_count(min(PAGE_SIZE, count - len(found)))
        found |= set(tab.css("#order-rows th a").all_inner_texts())
        if len(found) >= count:
            return found
        tab.follow("Next page")
        expect(tab.css("#order-rows th a").first).not_to_have_text(re.compile("|".join(found)))


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> ZoneInfo:
    return ZoneInfo(request.param)


@pytest.fixture
def noon(zone: ZoneInfo) -> datetime:
    """Today at 12:20 in the time zone."""
    return datetime.now(zone).replace(hour=12, minute=20, second=0, microsecond=0)


@pytest.fixture
def local_tab(open_tab: OpenTab, zone: ZoneInfo, noon: datetime) -> Tab:
    """A tab in the time zone, with a clock that shows 12:20 throughout."""
    tab = open_tab(timezone_id=zone.key)
    tab.set_time(noon)
    return tab


def placed_at(order: Json, zone: ZoneInfo) -> datetime:
    """The time at which an order was placed, in a time zone."""
    return datetime.fromisoformat(order["createdAt"]).astimezone(zone)


def pounds(minor: int) -> str:
    return f"£{minor / 100:,.2f}"


def hourly_table(tab: Tab, name: str) -> dict[str, list[str]]:
    """The table of a chart: today's and last week's figure for each hour."""
    figure(tab, name).text("As a table").click()
    rows = [row.split("\t") for row in figure(tab, name).css("tbody tr, tfoot tr").all_inner_texts()]
    return {hour: figures for hour, *figures in rows}


def sums_by_hour(orders: list[Json], zone: ZoneInfo, day: datetime) -> Counter[int]:
    """Orders and revenue of a local day: the keys are `hour` for orders and `100 + hour` for revenue."""
    sums: Counter[int] = Counter()
    for order in orders:
        at = placed_at(order, zone)
        if order["status"] not in UNSOLD and at.date() == day.date():
            sums[at.hour] += 1
            sums[100 + at.hour] += order["total"]
    return sums


def test_figures_by_hour_match_the_orders_in_local_time(
    local_tab: Tab, staff: Person, admin_api: Api, back_date: BackDate, zone: ZoneInfo, noon: datetime
) -> None:
    week_ago = noon - timedelta(days=7)
    for at in (
        noon.replace(hour=9),
        week_ago.replace(hour=9),
        week_ago.replace(hour=10),
        week_ago.replace(hour=15),
    ):
        back_date(at, "delivered")
    back_date(week_ago.replace(hour=0, minute=5), "shipped")
    back_date(week_ago.replace(hour=23, minute=50), "delivered")
    back_date(week_ago.replace(hour=11), "cancelled")
    orders = reported_orders(admin_api)
    today, last = sums_by_hour(orders, zone, noon), sums_by_hour(orders, zone, week_ago)
    local_tab.sign_in(staff, "/")
    sees_figures(local_tab)
    for name, base, written in (("Orders", 0, str), ("Revenue", 100, pounds)):
        so_far = sum(today[base + hour] for hour in range(24))
        before = sum(last[base + hour] for hour in range(12))  # no order is from 12:00 to 12:15
        expect(figure(local_tab, name).css("strong")).to_have_text(written(so_far))
        figure(local_tab, name).says(comparison(so_far, before, written, noon, name))
        table = hourly_table(local_tab, name)
        for hour in range(24):
            expected = [written(today[base + hour]) if hour <= 12 else "–", written(last[base + hour])]
            assert table[f"{hour:02}–{(hour + 1) % 24:02}"] == expected, (name, hour)
        assert table["Whole day"] == [written(so_far), written(sum(last[base + h] for h in range(24)))]


def comparison(so_far: int, before: int, written: Callable[[int], str], noon: datetime, name: str) -> str:
    """The sentence below a figure: how it compares with the same weekday of last week."""
    by = f"by 12:15 last {noon:%A}"
    if so_far == before:
        return f"As {'many' if name == 'Orders' else 'much'} as {by}"
    less = "fewer" if name == "Orders" else "less"
    return (
        f"{written(abs(so_far - before))} {'more' if so_far > before else less} than {by} ({written(before)})"
    )


@pytest.mark.parametrize(("zone", "hour"), [*zip(ZONES, (12, 2, 12), strict=True)], indirect=["zone"])
def test_open_orders_are_counted_by_age_and_each_number_opens_exactly_these_orders(
    local_tab: Tab,
    staff: Person,
    admin_api: Api,
    back_date: BackDate,
    noon: datetime,
    zone: ZoneInfo,
    hour: int,
) -> None:
    now = noon.replace(hour=hour)
    local_tab.set_time(now)
    for number in (3, 12, 14, 24, 72, 230):
        back_date(now - timedelta(hours=number), "packed")
        back_date(now - timedelta(hours=number), "placed")
    edges = [
        (now - timedelta(hours=4)).replace(minute=15),
        *(noon.replace(hour=0, minute=0) - timedelta(days=days) for days in (0, 1, 7)),
    ]
    for edge in edges:
        back_date(edge, "packed")
        back_date(edge - timedelta(milliseconds=1), "packed")
    expected: dict[str, dict[str, set[str]]] = {name: {"placed": set(), "packed": set()} for name in AGES}
    for order in reported_orders(admin_api):
        if order["status"] in ("placed", "packed"):
            expected[age_group(placed_at(order, zone), now)][order["status"]].add(number_of(order))
    local_tab.sign_in(staff, "/")
    sees_figures(local_tab)
    rows = local_tab.find("table", "Open orders by age").locator("tbody tr")
    for name in AGES:
        counts = [str(len(expected[name][status])) for status in ("placed", "packed")]
        expect(rows.filter(has_text=name).get_by_role("cell")).to_have_text(counts)
    for name in AGES:
        packed = expected[name]["packed"]
        if not packed:
            continue
        local_tab.follow(f"{len(packed)} packed, {name}")
        local_tab.arrives_at(re.compile(r"/orders\.html\?status=packed"))
        assert listed(local_tab, len(packed)) == packed, name
        local_tab.goto("/")
        sees_figures(local_tab)


@pytest.mark.parametrize("zone", ZONES[:1], indirect=True)
def test_a_number_of_hours_is_in_the_filter_and_survives_show(
    local_tab: Tab, staff: Person, back_date: BackDate, noon: datetime
) -> None:
    # The first of the day, because this list begins with the oldest and other tests leave packed orders too.
    early = back_date(noon.replace(hour=0, minute=1), "packed")
    local_tab.sign_in(staff, "/")
    sees_figures(local_tab)
    local_tab.follow(re.compile("packed, Earlier today"))
    expect(local_tab.field("Taken")).to_have_value("dates")
    expect(local_tab.field("From")).to_have_value(f"{noon:%Y-%m-%d}")
    until = local_tab.field("To (inclusive)")
    expect(until).to_have_value(f"{noon:%Y-%m-%d}T08:14")
    address = local_tab.page.url
    local_tab.press("Show")
    local_tab.css("#order-rows th a").filter(has_text=early).wait_for()
    assert local_tab.page.url == address
    until.fill(f"{noon:%Y-%m-%d}T00:00")
    local_tab.press("Show")
    expect(local_tab.css("#order-rows th a").filter(has_text=early)).to_have_count(0)
    local_tab.follow("Clear")
    local_tab.choose("Taken", "Between two dates")
    expect(local_tab.field("To (inclusive)")).to_have_attribute("type", "date")


def age_group(at: datetime, now: datetime) -> str:
    """The name of the row, in the table of open orders, that counts an order placed at this time."""
    if at >= now - timedelta(hours=4, minutes=now.minute % 15):
        return AGES[0]
    days = (now.date() - at.date()).days
    return AGES[1 if days == 0 else 2 if days == 1 else 3 if days <= 7 else 4]


def test_count_of_open_orders_links_to_the_oldest_first(
    tab: Tab, staff: Person, admin_api: Api, back_date: BackDate
) -> None:
    oldest = back_date(datetime.now(UTC) - timedelta(days=400))
    placed = [order for order in reported_orders(admin_api) if order["status"] == "placed"]
    tab.sign_in(staff, "/")
    tab.follow(f"{len(placed)} placed orders, oldest first")
    tab.arrives_at("/orders.html?status=placed&sort=oldest")
    expect(tab.css("#order-rows th a").first).to_have_text(oldest)


def test_rejected_and_overdue_orders_are_listed_with_links(
    tab: Tab, staff: Person, admin_api: Api, place_order: PlaceOrder, back_date: BackDate
) -> None:
    rejected = place_order([{"sku": "NOT-OURS", "quantity": 1}])
    before = datetime.now(UTC) - timedelta(days=1, hours=1)
    oldest = {status: back_date(before - timedelta(days=500), status) for status in ("placed", "packed")}
    back_date(before)
    orders = reported_orders(admin_api)
    late = Counter(
        order["status"] for order in orders if placed_at(order, UTC) < before + timedelta(minutes=1)
    )
    week = datetime.now(UTC) - timedelta(days=6)
    left = [one for one in orders if one["status"] == "rejected" and "settledAt" not in one]
    lately = [one for one in left if placed_at(one, UTC).date() >= week.date()]
    tab.sign_in(staff, "/")
    tab.sees_link(re.compile("to deal with, and more"))
    panel = tab.region("Needs attention")
    panel.says(f"{count_of_orders(len(lately), 'rejected order')} to deal with")
    panel.sees_link(re.compile(number_of(rejected)))
    for status in ("placed", "packed"):
        link = panel.link(f"{count_of_orders(late[status])} {status} for longer than a day", exact=False)
        panel.sees_link(re.compile(oldest[status]))
        link.click()
        expect(tab.css("#order-rows th a")).to_have_count(late[status])
        expect(tab.css("#order-rows th a").first).to_have_text(oldest[status])
        tab.back()
    panel.follow(re.compile("rejected orders? to deal with"))
    tab.sees_order(rejected)


def count_of_orders(number: int, noun: str = "order") -> str:
    return f"{number} {noun if number == 1 else f'{noun}s'}"


@pytest.fixture
def dead_letters(tab: Tab) -> None:
    """Answer that one dead letter of each source waits."""

    def add(route: Route) -> None:
        answer = route.fetch()
        letters = dict.fromkeys(("orders", "notifications", "views"), 1)
        route.fulfill(response=answer, json=answer.json() | {"deadLetters": letters})

    tab.page.route("**/api/reports/workload", add)


def test_markup_in_a_customers_name_is_shown_as_text(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"name": HOSTILE}
    place_order([{"sku": "NOT-OURS", "quantity": 1}])
    tab.sign_in(staff, "/")
    expect(tab.css("#latest > li").first).to_contain_text(HOSTILE)
    expect(tab.css("#concerns li li").first).to_contain_text(HOSTILE)
    assert tab.css("main img").count() == 0


@pytest.mark.usefixtures("dead_letters")
def test_busy_day_is_accessible_and_fits_any_width(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, back_date: BackDate
) -> None:
    customer |= {"name": HOSTILE, "company": HOSTILE}
    place_order([{"sku": "NOT-OURS", "quantity": 1}])
    back_date(datetime.now(UTC) - timedelta(days=3))
    tab.sign_in(staff, "/")
    sees_figures(tab)
    for name in ("Orders", "Revenue"):
        figure(tab, name).text("As a table").click()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
