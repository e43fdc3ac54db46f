"""The senders of orders: on Today, in the filter of the list, and on an order of a connected shop."""

import uuid

import pytest
from playwright.sync_api import expect

from local import emulator
from local.api import Api
from tests.browser.conftest import Json, PlaceOrder
from tests.browser.looks import assert_accessible, assert_nothing_sticks_out
from tests.browser.orders import wait_for
from tests.browser.tab import Person, Tab, number_of

pytestmark = pytest.mark.browser


def test_the_orders_of_one_shop_are_a_figure_and_a_filter(
    tab: Tab, staff: Person, admin_api: Api, place_order: PlaceOrder, outputs: Json
) -> None:
    name = f"Hotel Sonne {uuid.uuid4().hex[:6]}"
    shop = admin_api.call("POST", "/shops", {"name": name}).document["id"]
    staffs = place_order()
    dynamodb = emulator.client("dynamodb", outputs["local"]["endpointUrl"], outputs["region"])
    table, order_id = outputs["ordersTable"], str(uuid.uuid4())
    item = dynamodb.get_item(TableName=table, Key={"orderID": {"S": staffs["orderID"]}})["Item"]
    sent = {"channel": "machine", "shopID": shop, "submittedBy": name, "orderID": order_id}
    sent["listKey"] = f"{staffs['createdAt']}#{order_id}"
    number = {"number": {"N": "200001"}}
    dynamodb.put_item(TableName=table, Item=item | {key: {"S": sent[key]} for key in sent} | number)
    try:
        wait_for(lambda: shop in admin_api.call("GET", "/reports/workload").document["senders"])
        tab.sign_in(staff)
        tab.goto("/")
        senders = tab.region("Where today’s orders came from")
        expect(senders.css("tbody th")).to_contain_text(["Staff", name])
        assert_accessible(tab)
        assert_nothing_sticks_out(tab)
        senders.follow(name)
        tab.arrives_at(f"/orders.html?shop={shop}&period=today")
        expect(tab.css("#order-rows th a")).to_have_text([number_of({"number": 200001})])
        expect(tab.css("#channel option:checked")).to_have_text(name)
        tab.choose("Sent by", "Staff")
        tab.press("Show")
        tab.arrives_at("/orders.html?channel=staff&period=today")
        tab.sees_order(staffs)
        tab.choose("Sent by", name)
        tab.press("Show")
        tab.arrives_at(f"/orders.html?shop={shop}&period=today")
        expect(tab.css("#order-rows th a")).to_have_count(1)
        tab.inside("#filter").follow("Clear")
        tab.sees_order(staffs)
        expect(tab.css("#channel option:checked")).to_have_text("Anybody")
        tab.goto(f"/order.html?id={order_id}")
        tab.follow(name)
        tab.arrives_at(f"/orders.html?shop={shop}")
    finally:
        dynamodb.delete_item(TableName=table, Key={"orderID": {"S": order_id}})
        admin_api.call("DELETE", f"/shops/{shop}")
