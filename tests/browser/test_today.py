"""The first page: the day at a glance, as the orders have it, in the person's own time zone."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Route, expect

from local import emulator
from local.api import Api
from tests.browser.conftest import HOSTILE, Json, OpenTab, PlaceOrder
from tests.browser.tab import Person, Tab
from tests.browser.test_design import assert_accessible, assert_nothing_sticks_out
from tests.browser.test_orders_list import refuse, wait_for

pytestmark = pytest.mark.browser

UTC = ZoneInfo("UTC")
ZONES = ["Europe/London", "Asia/Kolkata", "America/New_York"]
AGES = ["Under 4 hours", "Earlier today", "Yesterday", "2–7 days ago", "Older"]
UNSOLD = ("rejected", "cancelled")
MINUTE_MS = 60_500  # a little more than there is between two looks

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
        text = json.dumps(item).replace(order["orderID"], made[-1]).replace(order["createdAt"], _iso(at))
        moved = json.loads(text) | {"status": {"S": status}}
        moved["statusShard"] = {"S": f"{status}#{item['statusShard']['S'].split('#')[1]}"}
        dynamodb.put_item(TableName=table, Item=moved)
        return made[-1]

    yield put
    for order_id in made:
        dynamodb.delete_item(TableName=table, Key={"orderID": {"S": order_id}})


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


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


def every_order(api: Api) -> list[Json]:
    """Every order of the shop, as the list has it."""
    found: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.call("GET", f"/orders?limit=100&cursor={cursor}").document
        found, cursor = found + page["orders"], page["nextCursor"]
    return found


def counted(api: Api) -> list[Json]:
    """Every order, once the reports have caught up with them."""
    orders = every_order(api)

    def caught_up() -> bool:
        counts: Json = api.call("GET", "/reports/workload").document["counts"]
        return counts == dict.fromkeys(counts, 0) | Counter(order["status"] for order in orders)

    wait_for(caught_up)
    return orders


def taken(order: Json, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(order["createdAt"]).astimezone(zone)


def pounds(minor: int) -> str:
    return f"£{minor / 100:,.2f}"


def figure(tab: Tab, name: str) -> Locator:
    return tab.page.get_by_role("region", name=f"{name} so far today")


def shown(tab: Tab) -> None:
    expect(tab.page.locator("#today")).to_have_attribute("aria-busy", "false")
    expect(tab.page.get_by_role("img", name="Orders by hour")).to_be_visible()


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


# -- what a day may look like

QUIET: Json = {
    "counts": dict.fromkeys(("placed", "packed", "shipped", "delivered", "cancelled", "rejected"), 0)
}
NO_LETTERS = {"deadLetters": {"orders": 0, "notifications": 0, "views": 0}}


def answer(tab: Tab, address: str, document: Any) -> None:
    tab.page.route(address, lambda route: route.fulfill(json=document))


def quiet_day(tab: Tab, slots: list[Json] | None = None) -> None:
    """A shop in which nothing waits and nothing is wrong."""
    answer(tab, "**/api/orders?*", {"orders": [], "nextCursor": None})
    answer(tab, "**/api/reports/workload", QUIET | NO_LETTERS)
    answer(tab, "**/api/reports/activity?*", {"currency": "GBP", "slots": slots or []})


def slot(at: datetime, orders: int, revenue: int) -> Json:
    return {"at": _iso(at), "orders": orders, "revenue": revenue, "placed": 0, "packed": 0}


def test_day_without_problems_is_all_clear(tab: Tab, staff: Person) -> None:
    quiet_day(tab)
    tab.sign_in(staff, "/")
    panel = tab.page.get_by_role("region", name="Needs attention")
    expect(panel.get_by_text("All clear")).to_be_visible()
    expect(tab.page.get_by_role("link", name="All clear")).to_be_visible()
    expect(panel.get_by_role("listitem")).to_have_count(0)
    expect(tab.page.get_by_text("No order yet.")).to_be_visible()


@pytest.mark.parametrize(
    ("now", "then", "orders", "revenue"),
    [
        ((0, 0), (0, 0), "None by {by} either", "None by {by} either"),
        ((2, 1500), (0, 0), "None by {by}", "None by {by}"),
        ((0, 0), (3, 900), "3 fewer than by {by} (3)", "£9.00 less than by {by} (£9.00)"),
        ((3, 900), (3, 900), "As many as by {by}", "As much as by {by}"),
        ((5, 1234), (3, 900), "2 more than by {by} (3)", "£3.34 more than by {by} (£9.00)"),
    ],
)
def test_comparison_with_last_week_has_words_for_every_case(
    tab: Tab, staff: Person, now: tuple[int, int], then: tuple[int, int], orders: str, revenue: str
) -> None:
    noon = datetime.now().astimezone().replace(hour=12, minute=20, second=0, microsecond=0)
    past = [slot(noon.replace(hour=9, minute=0), *now), slot(noon.replace(hour=9, minute=0) - WEEK, *then)]
    later = [slot(noon.replace(minute=15) - WEEK, 7, 70_000), slot(noon.replace(hour=20) - WEEK, 9, 90_000)]
    quiet_day(tab, past + later)
    tab.page.clock.set_fixed_time(noon)
    tab.sign_in(staff, "/")
    by = f"12:15 last {noon:%A}"
    expect(figure(tab, "Orders").locator("[data-slot=compared]")).to_have_text(said(orders, by))
    expect(figure(tab, "Revenue").locator("[data-slot=compared]")).to_have_text(said(revenue, by))


WEEK = timedelta(days=7)


def said(words: str, by: str) -> str:
    return words.replace("by {by}", f"by {by}")


def test_chart_has_a_description_and_needs_no_colour(tab: Tab, staff: Person) -> None:
    noon = datetime.now().astimezone().replace(hour=12, minute=20, second=0, microsecond=0)
    nine = noon.replace(hour=9, minute=0)
    quiet_day(
        tab, [slot(nine, 4, 4000), slot(nine - WEEK, 6, 5000), slot(nine - WEEK + timedelta(hours=5), 8, 1)]
    )
    tab.page.clock.set_fixed_time(noon)
    tab.sign_in(staff, "/")
    chart = tab.page.get_by_role("img", name="Orders by hour")
    expect(chart).to_have_accessible_name(
        "Orders by hour. Today so far 4, most from 09 to 10: 4. "
        f"Last {noon:%A} 14 in all, most from 14 to 15: 8."
    )
    height = [chart.locator(f".{day}").first.bounding_box() for day in ("today", "last")]
    assert height[0]
    assert height[1]
    assert round(height[0]["height"] / height[1]["height"], 1) == 0.7  # 4 of 6
    revenue = tab.page.get_by_role("img", name="Revenue by hour")
    tall = "(bar) => bar.getBoundingClientRect().height"
    today, last = (revenue.locator(f".{day}").first.evaluate(tall) for day in ("today", "last"))
    assert today / last == pytest.approx(0.8, abs=0.02)  # £40 of £50
    for looks in (
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"media": "print"},
        {"forced_colors": "active"},
    ):
        tab.page.emulate_media(**looks)  # type: ignore[arg-type]
        fills = [
            chart.locator(f".{day}").first.evaluate("(bar) => getComputedStyle(bar).fill")
            for day in ("today", "last")
        ]
        assert fills[0] != "none", looks
        assert fills[1] == "none", looks


# -- kept up to date

HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def wait_a_minute(tab: Tab) -> None:
    with tab.page.expect_response("**/api/orders?limit=5"):
        tab.page.clock.fast_forward(MINUTE_MS)
    tab.settle()


def tops(cards: Locator) -> list[float]:
    """Where each card begins, in px from the top."""
    found: list[float] = cards.evaluate_all("(all) => all.map((card) => card.getBoundingClientRect().y)")
    return found


def test_page_updates_after_a_minute_without_moving(
    tab: Tab, staff: Person, place_order: PlaceOrder, admin_api: Api
) -> None:
    known = place_order()
    tab.page.clock.install()
    tab.sign_in(staff, "/")
    link = tab.page.locator("#latest").get_by_role("link", name=known["orderID"][:8])
    link.focus()
    cards = tab.page.locator("main .card:visible")
    before = tops(cards)
    rejected = place_order([{"sku": "NOT-OURS", "quantity": 1}])
    placed = place_order()
    counted(admin_api)
    wait_a_minute(tab)
    latest = tab.page.locator("#latest > li")
    expect(latest.nth(0)).to_contain_text(placed["orderID"][:8])
    expect(latest.nth(1)).to_contain_text("Rejected")
    expect(tab.page.locator("#concerns")).to_contain_text(rejected["orderID"][:8])
    expect(link).to_be_focused()
    assert tops(cards) == before


def test_hidden_page_sends_no_requests_until_visible(tab: Tab, staff: Person) -> None:
    tab.page.clock.install()
    tab.sign_in(staff, "/")
    shown(tab)
    tab.page.evaluate(HIDE, True)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.page.clock.run_for(5 * MINUTE_MS)
    assert asked == []
    with tab.page.expect_response("**/api/reports/workload"):
        tab.page.evaluate(HIDE, False)


def test_failed_update_keeps_the_figures_and_shows_a_notice(tab: Tab, staff: Person) -> None:
    tab.page.clock.install()
    tab.sign_in(staff, "/")
    shown(tab)
    orders = figure(tab, "Orders").locator("strong").inner_text()
    tab.page.route("**/api/reports/workload", refuse)
    tab.page.clock.fast_forward(MINUTE_MS)
    expect(tab.page.get_by_text("it cannot be brought up to date just now")).to_be_visible()
    expect(figure(tab, "Orders").locator("strong")).to_have_text(orders)
    tab.page.unroute("**/api/reports/workload")
    tab.page.clock.fast_forward(MINUTE_MS)
    expect(tab.page.get_by_text("it cannot be brought up to date just now")).to_be_hidden()


def test_ended_session_shows_its_dialog_on_an_open_page(tab: Tab, staff: Person) -> None:
    tab.page.clock.install()
    tab.sign_in(staff, "/")
    shown(tab)
    tab.end_session()
    tab.page.clock.fast_forward(MINUTE_MS)
    expect(tab.page.get_by_role("dialog", name="Your session has ended")).to_be_visible()


# -- its states


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_loading_the_day_moves_nothing(tab: Tab, staff: Person, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 800})
    tab.sign_in(staff, "/")
    held: list[Route] = []
    tab.page.route("**/api/**", lambda route: held.append(route))
    tab.watch_shifts()
    tab.page.reload()
    expect(tab.page.locator("#latest .skeleton").first).to_be_visible()
    expect(tab.page.locator("#today")).to_have_attribute("aria-busy", "true")
    while tab.page.locator("#today").get_attribute("aria-busy") == "true":
        for route in held:
            route.continue_()
        held.clear()
        tab.page.wait_for_timeout(50)
    shown(tab)
    assert tab.shifted() < 0.01


def test_failed_day_can_be_loaded_again(tab: Tab, staff: Person) -> None:
    tab.page.route("**/api/reports/activity?*", refuse)
    tab.sign_in(staff, "/")
    expect(tab.page.get_by_role("heading", name="The day could not be loaded")).to_be_visible()
    expect(tab.page.get_by_text("Try later")).to_be_visible()
    tab.page.unroute("**/api/reports/activity?*")
    tab.page.get_by_role("button", name="Try again").click()
    shown(tab)
    expect(tab.page.get_by_role("heading", name="The day could not be loaded")).to_be_hidden()


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


def test_quiet_loading_and_failed_days_are_accessible_and_fit(tab: Tab, staff: Person) -> None:
    quiet_day(tab)
    tab.sign_in(staff, "/")
    shown(tab)
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.page.route("**/api/**", lambda _: None)
    tab.page.reload()
    expect(tab.page.locator("#latest .skeleton").first).to_be_visible()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
    tab.page.unroute_all(behavior="ignoreErrors")
    tab.page.route("**/api/reports/activity?*", refuse)
    tab.page.reload()
    expect(tab.page.get_by_role("heading", name="The day could not be loaded")).to_be_visible()
    assert_accessible(tab)
    assert_nothing_sticks_out(tab)
