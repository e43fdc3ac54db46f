"""The first page with real orders: figures, open orders and problems agree with them in local time."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from local import emulator
from local.api import Api
from tests.browser.conftest import HOSTILE, Json, OpenTab, PlaceOrder
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.tab import Person, Tab
from tests.browser.today import UTC, counted, figure, iso, shown

pytestmark = pytest.mark.browser

ZONES = ["Europe/London", "Asia/Kolkata", "America/New_York"]
AGES = ["Under 4 hours", "Earlier today", "Yesterday", "2–7 days ago", "Older"]
UNSOLD = ("rejected", "cancelled")

BackDate = Callable[..., str]


@pytest.fixture
def back_date(outputs: Json, place_order: PlaceOrder) -> Iterator[BackDate]:
    """Put orders of other days into the table, as if they had been taken then; they go again in the end."""
    dynamodb = emulator.client("dynamodb", outputs["local"]["endpointUrl"], outputs["region"])
    table = outputs["ordersTable"]
    made: list[str] = []

    def put(at: datetime, status: str = "placed", *, pattern: Json | None = None) -> str:
        order = pattern or place_order()
        item = dynamodb.get_item(TableName=table, Key={"orderID": {"S": order["orderID"]}})["Item"]
        made.append(str(uuid.uuid4()))
        text = json.dumps(item).replace(order["orderID"], made[-1]).replace(order["createdAt"], iso(at))
        moved = json.loads(text) | {"status": {"S": status}}
        moved["statusShard"] = {"S": f"{status}#{item['statusShard']['S'].split('#')[1]}"}
        dynamodb.put_item(TableName=table, Item=moved)
        return made[-1]

    yield put
    for order_id in made:
        dynamodb.delete_item(TableName=table, Key={"orderID": {"S": order_id}})


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> ZoneInfo:
    return ZoneInfo(request.param)


@pytest.fixture
def noon(zone: ZoneInfo) -> datetime:
    """Twenty past twelve of this day, where the person is."""
    return datetime.now(zone).replace(hour=12, minute=20, second=0, microsecond=0)


@pytest.fixture
def local_tab(open_tab: OpenTab, zone: ZoneInfo, noon: datetime) -> Tab:
    """A tab whose clock stands at twenty past twelve."""
    tab = open_tab(timezone_id=zone.key)
    tab.page.clock.set_fixed_time(noon)
    return tab


def taken(order: Json, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(order["createdAt"]).astimezone(zone)


def pounds(minor: int) -> str:
    return f"£{minor / 100:,.2f}"


def table_of(tab: Tab, name: str) -> dict[str, list[str]]:
    """The table of a chart: today's and the other day's figures by hour."""
    figure(tab, name).get_by_text("As a table").click()
    rows = [row.split("\t") for row in figure(tab, name).locator("tbody tr, tfoot tr").all_inner_texts()]
    return {hour: figures for hour, *figures in rows}


def hours(orders: list[Json], zone: ZoneInfo, day: datetime) -> Counter[int]:
    """Orders and revenue of a local day: `hour` and `100 + hour` are the keys."""
    sums: Counter[int] = Counter()
    for order in orders:
        at = taken(order, zone)
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
    orders = counted(admin_api)
    today, last = hours(orders, zone, noon), hours(orders, zone, week_ago)
    local_tab.sign_in(staff, "/")
    shown(local_tab)
    for name, base, written in (("Orders", 0, str), ("Revenue", 100, pounds)):
        so_far = sum(today[base + hour] for hour in range(24))
        before = sum(last[base + hour] for hour in range(12))  # none of them was taken from 12:00 to 12:15
        expect(figure(local_tab, name).locator("strong")).to_have_text(written(so_far))
        expect(figure(local_tab, name)).to_contain_text(compared(so_far, before, written, noon, name))
        table = table_of(local_tab, name)
        for hour in range(24):
            expected = [written(today[base + hour]) if hour <= 12 else "–", written(last[base + hour])]
            assert table[f"{hour:02}–{(hour + 1) % 24:02}"] == expected, (name, hour)
        assert table["Whole day"] == [written(so_far), written(sum(last[base + h] for h in range(24)))]


def compared(so_far: int, before: int, written: Callable[[int], str], noon: datetime, name: str) -> str:
    by = f"by 12:15 last {noon:%A}"
    if so_far == before:
        return f"As {'many' if name == 'Orders' else 'much'} as {by}"
    less = "fewer" if name == "Orders" else "less"
    return (
        f"{written(abs(so_far - before))} {'more' if so_far > before else less} than {by} ({written(before)})"
    )


def test_open_orders_are_counted_by_age_in_local_time(
    local_tab: Tab, staff: Person, admin_api: Api, back_date: BackDate, zone: ZoneInfo, noon: datetime
) -> None:
    ago = {"placed": [3, 12, 14, 24, 72, 230], "packed": [5, 13, 100, 200, 300]}
    for status, hours_ago in ago.items():
        for number in hours_ago:
            back_date(noon - timedelta(hours=number), status)
    expected: dict[str, Counter[str]] = {name: Counter() for name in AGES}
    for order in counted(admin_api):
        expected[age(taken(order, zone), noon)][order["status"]] += 1
    local_tab.sign_in(staff, "/")
    shown(local_tab)
    rows = local_tab.page.get_by_role("table", name="Open orders by age").locator("tbody tr")
    expect(rows.filter(has_text="Older").get_by_role("cell").first).not_to_have_text("0")
    for name in AGES:
        cells = rows.filter(has_text=name).get_by_role("cell").all_inner_texts()
        assert cells == [str(expected[name][status]) for status in ("placed", "packed")], name


def age(at: datetime, now: datetime) -> str:
    if at >= now - timedelta(hours=4, minutes=now.minute % 15):
        return AGES[0]
    days = (now.date() - at.date()).days
    return AGES[1 if days == 0 else 2 if days == 1 else 3 if days <= 7 else 4]


def test_count_of_open_orders_links_to_the_oldest_first(
    tab: Tab, staff: Person, admin_api: Api, back_date: BackDate
) -> None:
    oldest = back_date(datetime.now(UTC) - timedelta(days=400))
    placed = [order for order in counted(admin_api) if order["status"] == "placed"]
    tab.sign_in(staff, "/")
    tab.page.get_by_role("link", name=f"{len(placed)} placed orders, oldest first").click()
    expect(tab.page).to_have_url(f"{tab.site_url}/orders.html?status=placed&sort=oldest")
    expect(tab.page.locator("#order-rows a").first).to_have_text(oldest[:8])


def test_rejected_and_overdue_orders_are_listed_with_links(
    tab: Tab, staff: Person, admin_api: Api, place_order: PlaceOrder, back_date: BackDate
) -> None:
    rejected = place_order([{"sku": "NOT-OURS", "quantity": 1}])
    before = datetime.now(UTC) - timedelta(days=1, hours=1)
    oldest = {status: back_date(before - timedelta(days=500), status) for status in ("placed", "packed")}
    back_date(before)
    orders = counted(admin_api)
    late = Counter(order["status"] for order in orders if taken(order, UTC) < before + timedelta(minutes=1))
    week = datetime.now(UTC) - timedelta(days=6)
    lately = [o for o in orders if o["status"] == "rejected" and taken(o, UTC).date() >= week.date()]
    tab.sign_in(staff, "/")
    expect(tab.page.get_by_role("link", name="things need attention")).to_be_visible()
    panel = tab.page.get_by_role("region", name="Needs attention")
    expect(panel).to_contain_text(f"{many(len(lately))} rejected in the last 7 days")
    expect(panel.get_by_role("link", name=rejected["orderID"][:8])).to_be_visible()
    for status in ("placed", "packed"):
        said = panel.get_by_role("link", name=f"{many(late[status])} {status} for longer than a day")
        expect(said).to_have_attribute("href", f"/orders.html?status={status}&sort=oldest")
        expect(panel.get_by_role("link", name=oldest[status][:8])).to_be_visible()
    panel.get_by_role("link", name="rejected in the last 7 days").click()
    expect(tab.row(rejected)).to_be_visible()


def many(number: int) -> str:
    return f"{number} {'order' if number == 1 else 'orders'}"


@pytest.fixture
def dead_letters(outputs: Json) -> Iterator[None]:
    """One dead letter in each of the three queues for them."""
    sqs = emulator.client("sqs", outputs["local"]["endpointUrl"], outputs["region"])
    queues = [url for url in sqs.list_queues()["QueueUrls"] if "dead-letters" in url]
    assert len(queues) == 3, queues
    for queue in queues:
        sqs.purge_queue(QueueUrl=queue)  # what other tests of this system left
        sqs.send_message(QueueUrl=queue, MessageBody="{}")
    yield
    for queue in queues:
        sqs.purge_queue(QueueUrl=queue)


@pytest.mark.usefixtures("dead_letters")
def test_dead_letters_are_explained_in_plain_words(tab: Tab, staff: Person) -> None:
    tab.sign_in(staff, "/")
    panel = tab.page.get_by_role("region", name="Needs attention")
    expect(panel).to_contain_text("1 sent order could not be stored")
    expect(panel).to_contain_text("nobody will pack it")
    expect(panel).to_contain_text("1 notification could not be sent")
    expect(panel).to_contain_text("1 change of orders is missing in figures, search and customers")
    expect(panel.get_by_text("Tell an admin of the shop")).to_have_count(3)


def test_markup_in_a_customers_name_is_shown_as_text(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json
) -> None:
    customer |= {"name": HOSTILE}
    place_order([{"sku": "NOT-OURS", "quantity": 1}])
    tab.sign_in(staff, "/")
    expect(tab.page.locator("#latest > li").first).to_contain_text(HOSTILE)
    expect(tab.page.locator("#concerns li li").first).to_contain_text(HOSTILE)
    assert tab.page.locator("main img").count() == 0


@pytest.mark.usefixtures("dead_letters")
def test_full_day_is_accessible_and_fits_every_width(
    tab: Tab, staff: Person, place_order: PlaceOrder, customer: Json, back_date: BackDate
) -> None:
    customer |= {"name": HOSTILE, "company": HOSTILE}
    place_order([{"sku": "NOT-OURS", "quantity": 1}])
    back_date(datetime.now(UTC) - timedelta(days=3))
    tab.sign_in(staff, "/")
    shown(tab)
    for name in ("Orders", "Revenue"):
        figure(tab, name).get_by_text("As a table").click()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
