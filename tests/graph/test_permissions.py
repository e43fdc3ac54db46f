"""The permissions of every role, compared with a table. One more or one less fails a test."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from parliament import analyze_policy_string

from bench import writer
from components import storefront_layer
from components.api_calls import INBOX, STAFF_API, STOREFRONT, WITHOUT_SHOPS
from components.people_pools import PASSWORD_RULES
from local.engine import Registration
from tests.graph.conftest import EVERYTHING
from tests.graph.graph import ROOT, Graph, as_list, statements
from tests.imports import nodes, reached_from

SENDER = str(EVERYTHING["customerMailFrom"])
# Every function may write to its own log and write traces. AWS allows no resource but * for traces.
COMMON = {
    ("logs:CreateLogStream", "{name}-logs:*"),
    ("logs:PutLogEvents", "{name}-logs:*"),
    ("xray:PutTelemetryRecords", "*"),
    ("xray:PutTraceSegments", "*"),
}
ASKS_FOR_ADMINS = {
    ("cognito-idp:AdminGetUser", "staff-pool"),
    ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
}
CHANGES_WEBHOOKS = {
    *ASKS_FOR_ADMINS,
    ("dynamodb:GetItem", "connected-shops-table"),
    ("dynamodb:PutItem", "connected-shops-table"),
}
# The further permissions of each function, by its name.
PERMISSIONS = {
    "orders-write": {
        ("dynamodb:BatchGetItem", "connected-shops-table"),
        ("dynamodb:BatchGetItem", "products-table"),
        ("dynamodb:GetItem", "dead-letters-table"),
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:PartiQLInsert", "orders-table"),
        ("dynamodb:PutItem", "orders-table"),
        ("dynamodb:UpdateItem", "orders-numbers"),
        ("sqs:ChangeMessageVisibility", "orders-queue"),
        ("sqs:DeleteMessage", "orders-queue"),
        ("sqs:GetQueueAttributes", "orders-queue"),
        ("sqs:ReceiveMessage", "orders-queue"),
        ("sqs:SendMessage", "orders-dead-letters"),
    },
    "notifications-notify": {
        ("dynamodb:DescribeStream", "orders-table/stream"),
        ("dynamodb:GetRecords", "orders-table/stream"),
        ("dynamodb:GetShardIterator", "orders-table/stream"),
        ("dynamodb:ListStreams", "*"),
        ("dynamodb:BatchGetItem", "notifications-ledger"),
        ("dynamodb:BatchWriteItem", "notifications-ledger"),
        # A batch of statements needs the permission of each of its statements.
        ("dynamodb:PartiQLInsert", "notifications-ledger"),
        ("dynamodb:PartiQLUpdate", "notifications-ledger"),
        ("sns:Publish", "notifications-topic"),
        ("dynamodb:GetItem", "orders-table"),
        ("sqs:SendMessage", "notifications-dead-letters"),
        ("sqs:DeleteMessage", "notifications-again"),
        ("sqs:GetQueueAttributes", "notifications-again"),
        ("sqs:ReceiveMessage", "notifications-again"),
    },
    "views-update": {
        ("dynamodb:DescribeStream", "orders-table/stream"),
        ("dynamodb:GetRecords", "orders-table/stream"),
        ("dynamodb:GetShardIterator", "orders-table/stream"),
        ("dynamodb:ListStreams", "*"),
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:Query", "orders-table/index/byCustomer"),
        # A transaction needs the permission of each of its writes.
        ("dynamodb:PutItem", "views-tallies"),
        ("dynamodb:UpdateItem", "views-tallies"),
        # The folds of product sales, whose deltas and state are in the tallies.
        ("dynamodb:BatchGetItem", "views-tallies"),
        ("dynamodb:BatchWriteItem", "views-tallies"),
        ("dynamodb:GetItem", "views-tallies"),
        ("dynamodb:Query", "views-tallies"),
        ("dynamodb:BatchGetItem", "views-product-sales"),
        ("dynamodb:PartiQLInsert", "views-product-sales"),
        ("dynamodb:PartiQLUpdate", "views-product-sales"),
        ("dynamodb:BatchGetItem", "views-customers"),
        ("dynamodb:PartiQLDelete", "views-customers"),
        ("dynamodb:PartiQLInsert", "views-customers"),
        ("dynamodb:PartiQLUpdate", "views-customers"),
        ("dynamodb:BatchGetItem", "search-terms"),
        ("dynamodb:BatchWriteItem", "search-terms"),
        ("dynamodb:GetItem", "search-terms"),
        ("dynamodb:PutItem", "search-terms"),
        ("dynamodb:Query", "search-terms"),
        ("dynamodb:UpdateItem", "search-terms"),
        ("sqs:SendMessage", "views-dead-letters"),
        ("sqs:DeleteMessage", "views-again"),
        ("sqs:GetQueueAttributes", "views-again"),
        ("sqs:ReceiveMessage", "views-again"),
    },
    "views-customers-list": {
        ("dynamodb:BatchGetItem", "orders-table"),
        ("dynamodb:BatchGetItem", "views-customers"),
        ("dynamodb:Query", "views-customers/index/byLastOrder"),
        ("dynamodb:BatchGetItem", "search-terms"),
        ("dynamodb:GetItem", "search-terms"),
        ("dynamodb:Query", "search-terms"),
    },
    "views-customer-get": {("dynamodb:GetItem", "views-customers")},
    "views-customer-patch": {
        ("dynamodb:GetItem", "views-customers"),
        ("dynamodb:UpdateItem", "views-customers"),
    },
    "views-activity-get": {
        ("dynamodb:Query", "views-tallies"),
        ("dynamodb:BatchGetItem", "connected-shops-table"),
    },
    "views-sales-get": {("dynamodb:Query", "views-tallies")},
    "views-top-get": {
        ("dynamodb:Query", "views-product-sales/index/byRevenue"),
        ("dynamodb:Query", "views-product-sales/index/byUnits"),
        ("dynamodb:BatchGetItem", "products-table"),
        ("dynamodb:Query", "search-terms"),
        ("dynamodb:BatchGetItem", "orders-table"),
    },
    "views-workload-get": {
        ("dynamodb:Query", "views-tallies"),
        ("dynamodb:Query", "dead-letters-table/index/byState"),
    },
    "accounting-count": {
        ("dynamodb:BatchGetItem", "orders-table"),
        ("dynamodb:Query", "dead-letters-table/index/byOrder"),
        ("logs:FilterLogEvents", "api-logs-access:*"),
        ("logs:FilterLogEvents", "inbox-logs-access:*"),
        ("logs:FilterLogEvents", "storefront-logs-access:*"),
        ("sqs:GetQueueAttributes", "orders-dead-letters"),
        ("sqs:GetQueueAttributes", "orders-queue"),
        ("dynamodb:BatchWriteItem", "accounting-table"),
        ("dynamodb:GetItem", "accounting-table"),
        ("dynamodb:Scan", "accounting-table"),
        ("dynamodb:GetItem", "dead-letters-table"),
        ("dynamodb:PutItem", "dead-letters-table"),
        ("lambda:GetEventSourceMapping", "views-again-mapping"),
        ("lambda:GetEventSourceMapping", "views-update-mapping"),
    },
    "accounting-get": {
        ("dynamodb:BatchGetItem", "orders-table"),
        ("dynamodb:Query", "dead-letters-table/index/byOrder"),
        ("logs:FilterLogEvents", "api-logs-access:*"),
        ("logs:FilterLogEvents", "inbox-logs-access:*"),
        ("logs:FilterLogEvents", "storefront-logs-access:*"),
        ("sqs:GetQueueAttributes", "orders-dead-letters"),
        ("sqs:GetQueueAttributes", "orders-queue"),
        ("dynamodb:GetItem", "accounting-table"),
        ("dynamodb:Scan", "accounting-table"),
        ("dynamodb:Query", "dead-letters-table/index/byState"),
        ("dynamodb:Query", "views-tallies"),
    },
    "dead-letters-keep": {
        ("dynamodb:GetItem", "dead-letters-table"),
        ("dynamodb:PutItem", "dead-letters-table"),
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:GetRecords", "orders-table/stream"),
        ("dynamodb:GetShardIterator", "orders-table/stream"),
        ("sqs:DeleteMessage", "notifications-dead-letters"),
        ("sqs:DeleteMessage", "orders-dead-letters"),
        ("sqs:DeleteMessage", "views-dead-letters"),
        ("sqs:DeleteMessage", "webhooks-dead-letters"),
        ("sqs:GetQueueAttributes", "notifications-dead-letters"),
        ("sqs:GetQueueAttributes", "orders-dead-letters"),
        ("sqs:GetQueueAttributes", "views-dead-letters"),
        ("sqs:GetQueueAttributes", "webhooks-dead-letters"),
        ("sqs:ReceiveMessage", "notifications-dead-letters"),
        ("sqs:ReceiveMessage", "orders-dead-letters"),
        ("sqs:ReceiveMessage", "views-dead-letters"),
        ("sqs:ReceiveMessage", "webhooks-dead-letters"),
        ("sqs:DeleteMessage", "storefront-dead-letters"),
        ("sqs:GetQueueAttributes", "storefront-dead-letters"),
        ("sqs:ReceiveMessage", "storefront-dead-letters"),
        ("sqs:DeleteMessage", "customer-mails-dead-letters"),
        ("sqs:GetQueueAttributes", "customer-mails-dead-letters"),
        ("sqs:ReceiveMessage", "customer-mails-dead-letters"),
    },
    "storefront-make": {
        ("dynamodb:DescribeStream", "products-table/stream"),
        ("dynamodb:GetRecords", "products-table/stream"),
        ("dynamodb:GetShardIterator", "products-table/stream"),
        ("dynamodb:ListStreams", "*"),
        ("dynamodb:BatchGetItem", "products-table"),
        ("dynamodb:GetItem", "products-table"),
        ("dynamodb:BatchGetItem", "orders-table"),
        ("dynamodb:BatchGetItem", "search-terms"),
        ("dynamodb:BatchWriteItem", "search-terms"),
        ("dynamodb:GetItem", "search-terms"),
        ("dynamodb:PartiQLDelete", "search-terms"),
        ("dynamodb:Query", "search-terms"),
        ("dynamodb:UpdateItem", "search-terms"),
        ("dynamodb:Query", "views-product-sales/index/byUnits"),
        ("s3:DeleteObject", "storefront-bucket/*"),
        ("s3:PutObject", "storefront-bucket/*"),
        ("s3:GetObject", "storefront-bucket/search/index.json"),
        ("sqs:SendMessage", "storefront-dead-letters"),
        ("sqs:DeleteMessage", "storefront-again"),
        ("sqs:GetQueueAttributes", "storefront-again"),
        ("sqs:ReceiveMessage", "storefront-again"),
    },
    "customer-mails-mail": {
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:BatchGetItem", "products-table"),
        ("dynamodb:BatchGetItem", "notifications-ledger"),
        ("dynamodb:PartiQLInsert", "notifications-ledger"),
        ("dynamodb:PartiQLUpdate", "notifications-ledger"),
        ("dynamodb:UpdateItem", "notifications-ledger"),
        ("sqs:ChangeMessageVisibility", "customer-mails-queue"),
        ("sqs:DeleteMessage", "customer-mails-queue"),
        ("sqs:GetQueueAttributes", "customer-mails-queue"),
        ("sqs:ReceiveMessage", "customer-mails-queue"),
        ("sqs:SendMessage", "customer-mails-dead-letters"),
        ("ses:SendEmail", "customer-mails-events"),
        ("ses:SendEmail", SENDER),
    },
    "accounts-account-get": {("dynamodb:Query", "accounts-table")},
    "accounts-account-delete": {
        ("cognito-idp:AdminDeleteUser", "customers-pool"),
        ("dynamodb:PutItem", "accounts-table"),
    },
    "accounts-addresses-put": {
        ("dynamodb:GetItem", "accounts-table"),
        ("dynamodb:PutItem", "accounts-table"),
    },
    "accounts-lists-put": {
        ("dynamodb:GetItem", "accounts-table"),
        ("dynamodb:PutItem", "accounts-table"),
    },
    "accounts-orders-claim": {
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:Query", "orders-table/index/byCustomer"),
        ("dynamodb:UpdateItem", "orders-table"),
    },
    "accounts-cart-put": {
        ("dynamodb:GetItem", "accounts-table"),
        ("dynamodb:PutItem", "accounts-table"),
    },
    "accounts-orders-list": {("dynamodb:Query", "orders-table/index/byAccount")},
    "accounts-orders-get": {("dynamodb:GetItem", "orders-table")},
    "accounts-orders-cancel": {
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:UpdateItem", "orders-table"),
    },
    "webhooks-deliver": {
        ("dynamodb:GetItem", "connected-shops-table"),
        ("dynamodb:UpdateItem", "connected-shops-table"),
        ("dynamodb:GetItem", "webhooks-deliveries"),
        ("dynamodb:PutItem", "webhooks-deliveries"),
        ("dynamodb:UpdateItem", "webhooks-deliveries"),
        ("sqs:ChangeMessageVisibility", "webhooks-queue"),
        ("sqs:DeleteMessage", "webhooks-queue"),
        ("sqs:GetQueueAttributes", "webhooks-queue"),
        ("sqs:ReceiveMessage", "webhooks-queue"),
        ("sqs:SendMessage", "webhooks-dead-letters"),
    },
    "dead-letters-list": {("dynamodb:Query", "dead-letters-table/index/byState")},
    "dead-letters-get": {
        ("dynamodb:GetItem", "dead-letters-table"),
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:GetItem", "connected-shops-table"),
    },
    "dead-letters-redrive": {
        ("dynamodb:GetItem", "connected-shops-table"),
        ("dynamodb:GetItem", "dead-letters-table"),
        ("dynamodb:PutItem", "dead-letters-table"),
        ("dynamodb:GetItem", "orders-table"),
        ("sqs:SendMessage", "notifications-again"),
        ("sqs:SendMessage", "orders-queue"),
        ("sqs:SendMessage", "views-again"),
        ("sqs:SendMessage", "webhooks-queue"),
        ("sqs:SendMessage", "storefront-again"),
        ("sqs:SendMessage", "customer-mails-queue"),
    },
    "dead-letters-delete": {
        ("dynamodb:GetItem", "dead-letters-table"),
        ("dynamodb:PutItem", "dead-letters-table"),
    },
    "order-calls-list": {
        ("dynamodb:BatchGetItem", "orders-table"),
        ("dynamodb:Query", "orders-table/index/byCustomer"),
        ("dynamodb:Query", "orders-table/index/byRecency"),
        ("dynamodb:Query", "orders-table/index/byStatus"),
        ("dynamodb:Query", "orders-table/index/byStatusTotal"),
        ("dynamodb:BatchGetItem", "search-terms"),
        ("dynamodb:GetItem", "search-terms"),
        ("dynamodb:Query", "search-terms"),
    },
    "order-calls-get": {("dynamodb:GetItem", "orders-table")},
    "inbox-get": {("dynamodb:GetItem", "orders-table")},
    "order-calls-replace": {
        ("dynamodb:BatchGetItem", "products-table"),
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:UpdateItem", "orders-table"),
    },
    "order-calls-move": {("dynamodb:GetItem", "orders-table"), ("dynamodb:UpdateItem", "orders-table")},
    "order-calls-mails-list": {
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:BatchGetItem", "notifications-ledger"),
        ("dynamodb:Query", "dead-letters-table/index/byOrder"),
    },
    "order-calls-mails-send": {
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:UpdateItem", "orders-table"),
        ("sqs:SendMessage", "notifications-again"),
    },
    "order-calls-delete": {
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:PutItem", "orders-table"),
        ("dynamodb:Query", "dead-letters-table/index/byOrder"),
        ("dynamodb:GetItem", "dead-letters-table"),
        ("dynamodb:PutItem", "dead-letters-table"),
    },
    "retention-apply": {
        ("dynamodb:Query", "views-customers/index/byLastOrder"),
        ("dynamodb:Query", "orders-table/index/byCustomer"),
        ("dynamodb:UpdateItem", "orders-table"),
        ("dynamodb:Query", "orders-table/index/byRecency"),
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:PutItem", "orders-table"),
        ("dynamodb:Query", "dead-letters-table/index/byOrder"),
        ("dynamodb:Query", "dead-letters-table/index/byState"),
        ("dynamodb:DeleteItem", "dead-letters-table"),
        ("dynamodb:GetItem", "dead-letters-table"),
        ("dynamodb:PutItem", "dead-letters-table"),
    },
    "orders-drafts-list": {("dynamodb:Query", "orders-drafts-table")},
    "orders-drafts-get": {("dynamodb:GetItem", "orders-drafts-table")},
    "orders-drafts-put": {
        ("dynamodb:GetItem", "orders-drafts-table"),
        ("dynamodb:PutItem", "orders-drafts-table"),
        ("dynamodb:Query", "orders-drafts-table"),
    },
    "orders-drafts-delete": {
        ("dynamodb:DeleteItem", "orders-drafts-table"),
        ("dynamodb:GetItem", "orders-drafts-table"),
    },
    "products-list": {
        ("dynamodb:Query", "search-terms"),
        ("dynamodb:BatchGetItem", "search-terms"),
        ("dynamodb:BatchGetItem", "products-table"),
    },
    "products-get": {("dynamodb:GetItem", "products-table")},
    "products-history-list": {("dynamodb:GetItem", "products-table"), ("dynamodb:Query", "search-terms")},
    "products-create": {
        ("dynamodb:GetItem", "products-table"),
        ("dynamodb:PutItem", "products-table"),
        ("dynamodb:PutItem", "search-terms"),
        ("dynamodb:GetItem", "search-terms"),
        ("s3:GetObject", "product-files-bucket/files/*"),
    },
    "products-import": {
        ("dynamodb:BatchGetItem", "products-table"),
        ("dynamodb:GetItem", "products-table"),
        ("dynamodb:PutItem", "products-table"),
        ("dynamodb:PutItem", "search-terms"),
        ("dynamodb:GetItem", "search-terms"),
        ("s3:GetObject", "product-files-bucket/files/*"),
    },
    "products-put": {
        ("dynamodb:GetItem", "products-table"),
        ("dynamodb:PutItem", "products-table"),
        ("dynamodb:PutItem", "search-terms"),
        ("dynamodb:GetItem", "search-terms"),
        ("s3:GetObject", "product-files-bucket/files/*"),
    },
    "products-files-upload": {
        ("dynamodb:GetItem", "products-table"),
        ("s3:PutObject", "product-files-bucket/files/*"),
    },
    "product-orders-list": {
        ("dynamodb:GetItem", "products-table"),
        ("dynamodb:Query", "search-terms"),
        ("dynamodb:BatchGetItem", "orders-table"),
    },
    "product-orders-get": {
        ("dynamodb:GetItem", "products-table"),
        ("dynamodb:Query", "search-terms"),
        ("dynamodb:BatchGetItem", "orders-table"),
        ("dynamodb:BatchGetItem", "products-table"),
    },
    "product-orders-delete": {
        ("dynamodb:GetItem", "products-table"),
        ("dynamodb:Query", "orders-table/index/byStatus"),
        ("dynamodb:Query", "search-terms"),
        ("dynamodb:BatchGetItem", "orders-table"),
        ("dynamodb:DeleteItem", "products-table"),
        ("dynamodb:PutItem", "search-terms"),
        ("dynamodb:GetItem", "search-terms"),
    },
    "personal-data-export": {
        ("dynamodb:Query", "orders-table/index/byCustomer"),
        ("dynamodb:Query", "dead-letters-table/index/byOrder"),
        ("dynamodb:Scan", "dead-letters-table"),
        ("dynamodb:Scan", "orders-drafts-table"),
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:GetItem", "views-customers"),
        ("dynamodb:BatchGetItem", "notifications-ledger"),
        ("cognito-idp:ListUsers", "staff-pool"),
        ("cognito-idp:ListUsers", "customers-pool"),
        ("dynamodb:Query", "accounts-table"),
    },
    "personal-data-erase": {
        ("cognito-idp:AdminDeleteUser", "customers-pool"),
        ("cognito-idp:ListUsers", "customers-pool"),
        ("dynamodb:PutItem", "accounts-table"),
        ("dynamodb:Query", "orders-table/index/byCustomer"),
        ("dynamodb:Query", "dead-letters-table/index/byOrder"),
        ("dynamodb:Scan", "dead-letters-table"),
        ("dynamodb:Scan", "orders-drafts-table"),
        ("dynamodb:GetItem", "orders-table"),
        ("dynamodb:PutItem", "orders-table"),
        ("dynamodb:UpdateItem", "orders-table"),
        ("dynamodb:BatchGetItem", "dead-letters-table"),
        ("dynamodb:Query", "dead-letters-table/index/byState"),
        ("dynamodb:GetItem", "dead-letters-table"),
        ("dynamodb:PutItem", "dead-letters-table"),
        ("dynamodb:DeleteItem", "orders-drafts-table"),
        ("dynamodb:GetItem", "orders-drafts-table"),
        ("dynamodb:GetItem", "views-customers"),
        ("dynamodb:UpdateItem", "views-customers"),
    },
    "people-list": {
        ("cognito-idp:ListUsers", "staff-pool"),
        ("cognito-idp:ListUsersInGroup", "staff-pool"),
        ("dynamodb:BatchGetItem", "people-table"),
    },
    "people-get": {
        ("cognito-idp:AdminGetUser", "staff-pool"),
        ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
        ("dynamodb:Query", "people-table"),
    },
    "people-invite": {
        ("cognito-idp:AdminGetUser", "staff-pool"),
        ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
        ("cognito-idp:AdminCreateUser", "staff-pool"),
        ("cognito-idp:AdminAddUserToGroup", "staff-pool"),
        ("dynamodb:PutItem", "people-table"),
        ("dynamodb:Query", "people-table"),
        ("dynamodb:UpdateItem", "people-table"),
    },
    "people-change": {
        ("cognito-idp:AdminGetUser", "staff-pool"),
        ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
        ("cognito-idp:AdminAddUserToGroup", "staff-pool"),
        ("cognito-idp:AdminRemoveUserFromGroup", "staff-pool"),
        ("cognito-idp:AdminDisableUser", "staff-pool"),
        ("cognito-idp:AdminEnableUser", "staff-pool"),
        ("cognito-idp:AdminUserGlobalSignOut", "staff-pool"),
        ("dynamodb:PutItem", "people-table"),
        ("dynamodb:Query", "people-table"),
    },
    "people-resend": {
        ("cognito-idp:AdminGetUser", "staff-pool"),
        ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
        ("cognito-idp:AdminCreateUser", "staff-pool"),
        ("dynamodb:PutItem", "people-table"),
        ("dynamodb:Query", "people-table"),
        ("dynamodb:UpdateItem", "people-table"),
    },
    "people-sign": {
        ("cognito-idp:AdminGetUser", "staff-pool"),
        ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
        ("cognito-idp:AdminUserGlobalSignOut", "staff-pool"),
        ("dynamodb:PutItem", "people-table"),
        ("dynamodb:Query", "people-table"),
    },
    "people-record": {("dynamodb:UpdateItem", "people-table")},
    "connected-shops-list": {
        ("cognito-idp:ListUserPoolClients", "machines-pool"),
        ("cognito-idp:ListUserPoolClientSecrets", "machines-pool"),
        ("dynamodb:BatchGetItem", "connected-shops-table"),
    },
    "connected-shops-connect": {
        ("cognito-idp:AdminGetUser", "staff-pool"),
        ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
        ("cognito-idp:ListUserPoolClients", "machines-pool"),
        ("cognito-idp:ListUserPoolClientSecrets", "machines-pool"),
        ("cognito-idp:CreateUserPoolClient", "machines-pool"),
        ("cognito-idp:DeleteUserPoolClient", "machines-pool"),
        ("dynamodb:GetItem", "connected-shops-table"),
        ("dynamodb:PutItem", "connected-shops-table"),
    },
    "connected-shops-change": {
        ("cognito-idp:AdminGetUser", "staff-pool"),
        ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
        ("cognito-idp:ListUserPoolClients", "machines-pool"),
        ("cognito-idp:ListUserPoolClientSecrets", "machines-pool"),
        ("cognito-idp:UpdateUserPoolClient", "machines-pool"),
        ("dynamodb:DeleteItem", "connected-shops-table"),
        ("dynamodb:GetItem", "connected-shops-table"),
        ("dynamodb:PutItem", "connected-shops-table"),
    },
    "connected-shops-disconnect": {
        ("cognito-idp:AdminGetUser", "staff-pool"),
        ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
        ("cognito-idp:ListUserPoolClients", "machines-pool"),
        ("cognito-idp:ListUserPoolClientSecrets", "machines-pool"),
        ("cognito-idp:DeleteUserPoolClient", "machines-pool"),
        ("dynamodb:DeleteItem", "connected-shops-table"),
        ("dynamodb:GetItem", "connected-shops-table"),
        ("dynamodb:PutItem", "connected-shops-table"),
    },
    "connected-shops-add": {
        ("cognito-idp:AdminGetUser", "staff-pool"),
        ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
        ("cognito-idp:ListUserPoolClients", "machines-pool"),
        ("cognito-idp:ListUserPoolClientSecrets", "machines-pool"),
        ("cognito-idp:AddUserPoolClientSecret", "machines-pool"),
        ("dynamodb:GetItem", "connected-shops-table"),
        ("dynamodb:PutItem", "connected-shops-table"),
    },
    "connected-shops-remove": {
        ("cognito-idp:AdminGetUser", "staff-pool"),
        ("cognito-idp:AdminListGroupsForUser", "staff-pool"),
        ("cognito-idp:ListUserPoolClients", "machines-pool"),
        ("cognito-idp:ListUserPoolClientSecrets", "machines-pool"),
        ("cognito-idp:DeleteUserPoolClientSecret", "machines-pool"),
        ("dynamodb:GetItem", "connected-shops-table"),
        ("dynamodb:PutItem", "connected-shops-table"),
    },
    "webhook-calls-get": {("dynamodb:GetItem", "connected-shops-table")},
    "webhook-calls-put": CHANGES_WEBHOOKS,
    "webhook-calls-delete": CHANGES_WEBHOOKS,
    "webhook-calls-add": CHANGES_WEBHOOKS,
    "webhook-calls-remove": CHANGES_WEBHOOKS,
    "webhook-calls-list": {("dynamodb:Query", "webhooks-deliveries")},
    "webhook-calls-send": {
        *ASKS_FOR_ADMINS,
        ("dynamodb:GetItem", "connected-shops-table"),
        ("dynamodb:GetItem", "webhooks-deliveries"),
        ("dynamodb:PutItem", "webhooks-deliveries"),
        ("sqs:SendMessage", "webhooks-queue"),
    },
    "webhook-calls-redeliver": {
        *ASKS_FOR_ADMINS,
        ("dynamodb:GetItem", "connected-shops-table"),
        ("dynamodb:GetItem", "webhooks-deliveries"),
        ("dynamodb:UpdateItem", "webhooks-deliveries"),
        ("sqs:SendMessage", "webhooks-queue"),
    },
}
# The functions that only a stack with connected shops has.
SHOPS_PREFIXES = ("connected-shops-", "webhooks-", "webhook-calls-")
# The functions that only a stack with a storefront has.
OF_STOREFRONT = {name for name in PERMISSIONS if name.startswith(("storefront-", "accounts-"))}
# The function that only a stack with mails to customers has.
OF_MAILS = {"customer-mails-mail"}
OF_MACHINES = {"inbox-get", *(name for name in PERMISSIONS if name.startswith(SHOPS_PREFIXES))}
# The actions that a queue's policy denies. Denying sqs:* would also deny later deployments.
MESSAGE_ACTIONS = [
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:PurgeQueue",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
]
ROLE = "arn:aws:iam::123456789012:role/any"
# Actions that parliament does not know yet. The Service Authorization Reference has them, with the user pool.
NEW_ACTIONS = {
    "cognito-idp:AddUserPoolClientSecret",
    "cognito-idp:DeleteUserPoolClientSecret",
    "cognito-idp:ListUserPoolClientSecrets",
}
TLS_ONLY = {"Bool": {"aws:SecureTransport": "false"}}


def has_machines(graph: Graph) -> bool:
    """Whether shops can be connected to a stack."""
    return "machines-pool" in graph


def has_storefront(graph: Graph) -> bool:
    """Whether a stack has a storefront."""
    return "storefront-bucket" in graph


def names_in(graph: Graph) -> set[str]:
    """Return the names of the functions of a stack."""
    missing = set() if has_machines(graph) else OF_MACHINES
    missing = missing | (set() if "customer-mails-queue" in graph else OF_MAILS)
    return PERMISSIONS.keys() - missing - (set() if has_storefront(graph) else OF_STOREFRONT)


@pytest.mark.parametrize("name", sorted(PERMISSIONS))
def test_a_function_has_exactly_the_permissions_it_needs(everything: Graph, name: str) -> None:
    common = {(action, resource.format(name=name)) for action, resource in COMMON}
    assert _granted(everything, f"{name}-policy") == common | PERMISSIONS[name]


def test_every_function_is_listed_and_has_its_own_role(graph: Graph) -> None:
    functions = graph.all("lambda.Function")
    names = names_in(graph)
    assert {one.name for one in functions} == {f"{name}-function" for name in names}
    assert {graph.with_names(one.inputs["role"]) for one in functions} == {f"{name}-role" for name in names}
    for name in names:
        assert graph.sources(f"{name}-policy", "role") == {f"{name}-role"}


def test_no_role_has_any_other_policy(graph: Graph) -> None:
    policies = {one.name for one in graph.all("iam.RolePolicy")}
    assert policies == {f"{name}-policy" for name in names_in(graph)} | {"orders-gateway-policy"}
    assert {one.name for one in graph.all("iam.RolePolicyAttachment")} <= {"api-logs-policy"}
    assert not [
        one for one in graph.all("iam.Role") if {"managedPolicyArns", "inlinePolicies"} & set(one.inputs)
    ]


def test_the_gateway_may_only_send_to_the_order_queue(graph: Graph) -> None:
    assert _granted(graph, "orders-gateway-policy") == {("sqs:SendMessage", "orders-queue")}
    assert graph.sources("orders-gateway-policy", "role") == {"orders-gateway-role"}


@pytest.mark.parametrize("name", sorted(PERMISSIONS))
def test_only_lambda_assumes_a_functions_role(everything: Graph, name: str) -> None:
    assert _trusted(everything, f"{name}-role") == "lambda.amazonaws.com"


def test_only_api_gateway_assumes_the_gateways_roles(dev: Graph) -> None:
    assert _trusted(dev, "orders-gateway-role") == "apigateway.amazonaws.com"
    assert _trusted(dev, "api-logs-role") == "apigateway.amazonaws.com"


@pytest.mark.parametrize(
    ("queue", "roles"),
    [
        ("orders-queue", ["orders-gateway-role", "orders-write-role", "dead-letters-redrive-role"]),
        ("orders-dead-letters", ["orders-write-role", "dead-letters-keep-role"]),
        ("notifications-dead-letters", ["notifications-notify-role", "dead-letters-keep-role"]),
        (
            "notifications-again",
            ["notifications-notify-role", "dead-letters-redrive-role", "order-calls-mails-send-role"],
        ),
        ("views-dead-letters", ["views-update-role", "dead-letters-keep-role"]),
        ("views-again", ["views-update-role", "dead-letters-redrive-role"]),
        ("webhooks-dead-letters", ["webhooks-deliver-role", "dead-letters-keep-role"]),
        (
            "webhooks-queue",
            [
                *("webhooks-deliver-role", "dead-letters-redrive-role"),
                *("webhook-calls-send-role", "webhook-calls-redeliver-role"),
            ],
        ),
    ],
)
def test_a_queue_denies_message_actions_to_all_other_roles(
    dev: Graph, everything: Graph, queue: str, roles: list[str]
) -> None:
    for graph, operators in ((dev, []), (everything, ["arn:aws:iam::123456789012:role/operator"])):
        *_, only, tls = statements(graph.document(f"{queue}-policy"))
        assert [graph.with_names(one) for one in only["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]] == [
            *roles,
            *operators,
        ]
        # Without this, SQS might be unable to move a dead letter, and would deliver it until it expires.
        assert only["Condition"]["BoolIfExists"] == {"aws:PrincipalIsAWSService": "false"}
        assert set(only["Condition"]) == {"ArnNotEquals", "BoolIfExists"}
        assert tls["Condition"] == TLS_ONLY
        for statement in (only, tls):
            assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
            assert statement["Action"] == MESSAGE_ACTIONS
            assert [graph.with_names(one) for one in as_list(statement["Resource"])] == [queue]


def test_only_the_topic_may_send_to_a_queue_by_its_policy(everything: Graph) -> None:
    for queue in everything.all("sqs.Queue"):
        allowed = [
            one for one in statements(everything.document(f"{queue.name}-policy")) if one["Effect"] == "Allow"
        ]
        topics = {
            "webhooks-queue": ["notifications-topic"],
            "customer-mails-queue": ["notifications-topic", "customer-mails-events-topic"],
        }
        assert bool(allowed) is (queue.name in topics)
        for one in allowed:
            assert (one["Principal"], one["Action"]) == ({"Service": "sns.amazonaws.com"}, "sqs:SendMessage")
            assert everything.with_names(one["Resource"]) == queue.name
            sources = as_list(one["Condition"]["ArnEquals"]["aws:SourceArn"])
            assert [everything.with_names(source) for source in sources] == topics[queue.name]
            assert set(one["Condition"]) == {"ArnEquals"}


def test_every_queue_has_a_policy(graph: Graph) -> None:
    closed = {name for one in graph.all("sqs.QueuePolicy") for name in graph.sources(one.name, "queueUrl")}
    assert closed == {one.name for one in graph.all("sqs.Queue")}


def test_topics_refuse_messages_without_tls(everything: Graph) -> None:
    """SNS refuses sns:* in a policy. Only those of two topics must allow services of AWS to publish."""
    for topic in ("notifications-topic", "alarms-topic", "customer-mails-events-topic"):
        *allowed, tls = statements(everything.document(f"{topic}-policy"))
        assert (tls["Effect"], tls["Principal"], tls["Action"]) == ("Deny", "*", ["sns:Publish"])
        assert [everything.with_names(one) for one in tls["Resource"]] == [topic]
        assert tls["Condition"] == TLS_ONLY
        assert len(allowed) == (topic != "notifications-topic")


def test_a_topic_has_its_own_subscribers_and_its_own_policy(everything: Graph) -> None:
    """Subscribers of another topic would get no mail. A policy of another topic replaces that one's."""
    topics = {one.parent: one.name for one in everything.all("sns.Topic")}
    of_others = ("webhooks-events", "customer-mails-orders")
    for name in of_others:
        assert everything.sources(name, "topic") == {"notifications-topic"}
    for kind, key in (("sns.TopicSubscription", "topic"), ("sns.TopicPolicy", "arn")):
        placed = [one for one in everything.all(kind) if one.name not in of_others]
        assert {one.parent for one in placed} == topics.keys()
        for one in placed:
            assert everything.with_names(one.inputs[key]) == topics[one.parent], one
            assert everything.sources(one.name, key) == {topics[one.parent]}, one


def test_cloudwatch_may_publish_alarms_of_this_account_only(everything: Graph) -> None:
    allowed = statements(everything.document("alarms-topic-policy"))[0]
    assert allowed["Effect"] == "Allow"
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert (allowed["Action"], everything.with_names(allowed["Resource"])) == ("sns:Publish", "alarms-topic")
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_only_ses_publishes_what_became_of_mails_of_this_stack(everything: Graph) -> None:
    allowed = statements(everything.document("customer-mails-events-topic-policy"))[0]
    assert (allowed["Effect"], allowed["Principal"]) == ("Allow", {"Service": "ses.amazonaws.com"})
    assert allowed["Action"] == "sns:Publish"
    assert everything.with_names(allowed["Resource"]) == "customer-mails-events-topic"
    (condition,) = allowed["Condition"].values()
    assert condition.pop("aws:SourceAccount") == "123456789012"
    assert everything.with_names(condition.pop("aws:SourceArn")) == "customer-mails-events"
    assert not condition


def test_mails_go_out_from_the_one_address_only(everything: Graph) -> None:
    (send,) = (
        one
        for one in statements(everything.document("customer-mails-mail-policy"))
        if one["Action"] == ["ses:SendEmail"]
    )
    assert send["Condition"] == {"StringEquals": {"ses:FromAddress": "mails@shop.example"}}


@pytest.mark.parametrize(
    ("bucket", "readable"),
    [
        ("site-bucket", "site-bucket/*"),
        ("product-files-bucket", "product-files-bucket/files/*"),
        ("storefront-bucket", "storefront-bucket/*"),
    ],
)
def test_only_the_distribution_reads_a_bucket_and_nobody_lists_it(
    graph: Graph, bucket: str, readable: str
) -> None:
    """The storefront shows the files of products too."""
    if bucket not in graph:
        return
    fronts = ["storefront" if bucket == "storefront-bucket" else "site"]
    fronts += ["storefront"] if bucket == "product-files-bucket" and has_storefront(graph) else []
    readers = [graph.arn(f"{front}-front-distribution") for front in fronts]
    read, tls = statements(graph.document(f"{bucket}-policy"))
    assert (read["Effect"], read["Action"]) == ("Allow", "s3:GetObject")
    assert read["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert graph.with_names(read["Resource"]) == readable
    assert [as_list(one["aws:SourceArn"]) for one in read["Condition"].values()] == [readers]
    assert read["Condition"].keys() == {"StringEquals"}
    assert (tls["Effect"], tls["Principal"], tls["Action"]) == ("Deny", "*", ["s3:*"])
    assert [graph.with_names(one) for one in tls["Resource"]] == [bucket, f"{bucket}/*"]
    assert tls["Condition"] == TLS_ONLY


@pytest.mark.parametrize(
    ("function", "method", "path"),
    [
        ("order-calls-list", "GET", "/orders"),
        ("order-calls-get", "GET", "/orders/*"),
        ("order-calls-replace", "PUT", "/orders/*"),
        ("order-calls-move", "PATCH", "/orders/*"),
        ("order-calls-delete", "DELETE", "/orders/*"),
        ("order-calls-mails-list", "GET", "/orders/*/mails"),
        ("order-calls-mails-send", "POST", "/orders/*/mails"),
        ("inbox-get", "GET", "/orders/*"),
        ("orders-drafts-list", "GET", "/drafts"),
        ("orders-drafts-get", "GET", "/drafts/*"),
        ("orders-drafts-put", "PUT", "/drafts/*"),
        ("orders-drafts-delete", "DELETE", "/drafts/*"),
        ("products-list", "GET", "/products"),
        ("products-create", "POST", "/products"),
        ("products-import", "POST", "/products/batch"),
        ("products-get", "GET", "/products/*"),
        ("products-files-upload", "POST", "/products/*/files"),
        ("products-history-list", "GET", "/products/*/history"),
        ("products-put", "PUT", "/products/*"),
        ("product-orders-delete", "DELETE", "/products/*"),
        ("product-orders-list", "GET", "/products/*/orders"),
        ("product-orders-get", "GET", "/products/*/also-bought"),
        ("views-customers-list", "GET", "/customers"),
        ("views-customer-get", "GET", "/customers/*"),
        ("views-customer-patch", "PATCH", "/customers/*"),
        ("personal-data-export", "GET", "/customers/*/export"),
        ("personal-data-erase", "POST", "/customers/*/erasure"),
        ("people-list", "GET", "/people"),
        ("people-invite", "POST", "/people"),
        ("people-get", "GET", "/people/*"),
        ("people-change", "PATCH", "/people/*"),
        ("people-resend", "POST", "/people/*/invitation"),
        ("people-sign", "POST", "/people/*/sign-out"),
        ("people-record", "POST", "/sign-ins"),
        ("connected-shops-list", "GET", "/shops"),
        ("connected-shops-connect", "POST", "/shops"),
        ("connected-shops-change", "PATCH", "/shops/*"),
        ("connected-shops-disconnect", "DELETE", "/shops/*"),
        ("connected-shops-add", "POST", "/shops/*/secrets"),
        ("connected-shops-remove", "DELETE", "/shops/*/secrets/*"),
        ("webhook-calls-get", "GET", "/shops/*/webhook"),
        ("webhook-calls-put", "PUT", "/shops/*/webhook"),
        ("webhook-calls-delete", "DELETE", "/shops/*/webhook"),
        ("webhook-calls-add", "POST", "/shops/*/webhook/secrets"),
        ("webhook-calls-remove", "DELETE", "/shops/*/webhook/secrets/*"),
        ("webhook-calls-send", "POST", "/shops/*/webhook/test"),
        ("webhook-calls-list", "GET", "/shops/*/deliveries"),
        ("webhook-calls-redeliver", "POST", "/shops/*/deliveries/*/redeliver"),
        ("views-activity-get", "GET", "/reports/activity"),
        ("views-sales-get", "GET", "/reports/sales"),
        ("views-workload-get", "GET", "/reports/workload"),
        ("accounting-get", "GET", "/reports/accounting"),
        ("dead-letters-list", "GET", "/dead-letters"),
        ("dead-letters-get", "GET", "/dead-letters/*"),
        ("dead-letters-delete", "DELETE", "/dead-letters/*"),
        ("dead-letters-redrive", "POST", "/dead-letters/*/redrive"),
    ],
)
def test_the_api_may_call_a_function_from_its_own_method_only(
    dev: Graph, function: str, method: str, path: str
) -> None:
    name = dev[f"{function}-function"].outputs["name"]
    (permission,) = [one.inputs for one in _invocations(dev) if one.inputs["function"] == name]
    assert permission["action"] == "lambda:InvokeFunction"
    assert permission["principal"] == "apigateway.amazonaws.com"
    api = "inbox-api-rest-api" if function.startswith("inbox-") else "api-rest-api"
    assert permission["sourceArn"] == f"{dev[api].outputs['executionArn']}/api/{method}{path}"


@pytest.mark.parametrize(
    ("function", "method", "path"),
    [
        ("account-get", "GET", "/account"),
        ("account-delete", "DELETE", "/account"),
        ("cart-put", "PUT", "/account/cart"),
        ("addresses-put", "PUT", "/account/addresses"),
        ("lists-put", "PUT", "/account/lists"),
        ("orders-claim", "POST", "/orders/claim"),
        ("orders-list", "GET", "/orders"),
        ("orders-get", "GET", "/orders/*"),
        ("orders-cancel", "POST", "/orders/*/cancel"),
    ],
)
def test_the_storefronts_api_may_call_a_function_from_its_own_method_only(
    everything: Graph, function: str, method: str, path: str
) -> None:
    name = everything[f"accounts-{function}-function"].outputs["name"]
    (permission,) = [one.inputs for one in _invocations(everything) if one.inputs["function"] == name]
    own = everything["storefront-api-rest-api"].outputs["executionArn"]
    assert permission["sourceArn"] == f"{own}/api/{method}{path}"


def test_each_function_of_the_api_has_one_permission_to_be_called(graph: Graph) -> None:
    called = [one.inputs["function"] for one in _invocations(graph)]
    with_machines = len(STAFF_API.functions) + len(INBOX.functions)
    functions = with_machines if has_machines(graph) else len(WITHOUT_SHOPS.functions)
    functions += len(STOREFRONT.functions) if has_storefront(graph) else 0
    assert len(called) == len(set(called)) == functions


def test_a_schedule_calls_one_function_and_may_do_so(graph: Graph) -> None:
    rules = {one.name: one for one in graph.all("cloudwatch.EventRule")}
    targets = {one.inputs["rule"]: one for one in graph.all("cloudwatch.EventTarget")}
    permissions = {one.inputs["sourceArn"]: one for one in _invocations(graph, "events.amazonaws.com")}
    assert rules
    assert len(rules) == len(targets) == len(permissions) == len(graph.all("cloudwatch.EventTarget"))
    for rule in rules.values():
        target, permission = targets[rule.outputs["name"]], permissions[rule.outputs["arn"]]
        function = graph.with_names(target.inputs["arn"])
        assert graph[function].outputs["name"] == permission.inputs["function"]
        assert permission.inputs["action"] == "lambda:InvokeFunction"
        assert permission.name in graph.waits_for(target.name)


ONLY_LETTERS = {("dynamodb:DeleteItem", "dead-letters-table")}
ONLY_CUSTOMERS = {("dynamodb:UpdateItem", "orders-table")}
ORDERS_AND_CUSTOMERS = {("dynamodb:PutItem", "orders-table"), ("dynamodb:PutItem", "dead-letters-table")}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("days", "lacking"),
    [
        ({"orderRetentionDays": 365, "deadLetterRetentionDays": 0}, ONLY_LETTERS | ONLY_CUSTOMERS),
        ({"customerRetentionDays": 365, "deadLetterRetentionDays": 0}, ONLY_LETTERS),
        ({}, ONLY_CUSTOMERS | ORDERS_AND_CUSTOMERS),
    ],
    ids=["orders", "customers", "letters"],
)
def test_retention_cannot_change_what_is_kept_for_ever(
    days: dict[str, int], lacking: set[tuple[str, str]]
) -> None:
    """By default, only dead letters go by themselves."""
    common = {(action, resource.format(name="retention-apply")) for action, resource in COMMON}
    granted = _granted(Graph.of("dev", days), "retention-apply-policy") - common
    assert granted == PERMISSIONS["retention-apply"] - lacking


def test_policies_have_a_wildcard_only_where_aws_needs_one(graph: Graph) -> None:
    stars = {
        (action, resource)
        for name, document in graph.policies()
        for statement in statements(document)
        if statement["Effect"] == "Allow"
        for action in as_list(statement["Action"])
        for resource in as_list(statement.get("Resource", "-"))
        if resource == "*" or "*" in action
    }
    assert stars == {
        ("dynamodb:ListStreams", "*"),
        ("xray:PutTelemetryRecords", "*"),
        ("xray:PutTraceSegments", "*"),
    }


def test_every_policy_has_existing_actions_and_fitting_resources(everything: Graph, dev: Graph) -> None:
    """Parliament, a linter for policies, has AWS's list of actions, resources and conditions."""
    found = {name: _findings(document) for graph in (everything, dev) for name, document in graph.policies()}
    assert not {name: findings for name, findings in found.items() if findings}


def test_every_policy_has_a_version_and_few_enough_actions(graph: Graph) -> None:
    """Without a version, the creation of a queue policy hangs. SQS allows up to 7 actions per statement."""
    for name, document in graph.policies():
        assert document["Version"] == "2012-10-17", name
        if graph[name.partition(".")[0]].type == "aws:sqs/queuePolicy:QueuePolicy":
            assert all(len(as_list(one["Action"])) <= 7 for one in statements(document)), name


def test_no_functions_role_may_create_a_log_group(graph: Graph) -> None:
    """A log line after a destroy would create the group again, without retention."""
    assert "logs:CreateLogGroup" not in json.dumps([document for _, document in graph.policies()])


def test_the_benchmark_of_the_writer_has_its_variables(everything: Graph) -> None:
    variables = everything.inputs("orders-write-function")["environment"]["variables"]
    assert writer.SETTINGS.keys() == variables.keys()


@pytest.mark.parametrize("name", sorted(PERMISSIONS))
def test_a_function_gets_exactly_the_variables_it_reads(everything: Graph, name: str) -> None:
    inputs = everything.inputs(f"{name}-function")
    module, _, handler = inputs["handler"].rpartition(".")
    assert handler == "handler"
    # The inbox is not for pages, so it names no origin.
    unused = {"SHOP_CORS_ORIGIN"} if name == "inbox-get" else set()
    assert set(inputs["environment"]["variables"]) == _variables(module) - unused


def test_environments_are_small_and_variables_begin_with_shop(graph: Graph) -> None:
    for one in graph.all("lambda.Function"):
        variables = one.inputs["environment"]["variables"]
        assert all(name.startswith("SHOP_") for name in variables)
        assert sum(len(name) + len(value.encode()) for name, value in variables.items()) < 4096 // 2


def test_variables_have_the_values_of_their_resources(everything: Graph) -> None:
    names = {
        "SHOP_ORDERS_TABLE": everything["orders-table"].outputs["name"],
        "SHOP_ORDERS_STREAM": everything["orders-table"].outputs["streamArn"],
        "SHOP_PRODUCTS_TABLE": everything["products-table"].outputs["name"],
        "SHOP_NOTIFICATIONS_TABLE": everything["notifications-ledger"].outputs["name"],
        "SHOP_ORDER_QUEUE_URL": everything["orders-queue"].id,
        "SHOP_ORDER_DLQ_URL": everything["orders-dead-letters"].id,
        "SHOP_NOTIFICATION_DLQ_URL": everything["notifications-dead-letters"].id,
        "SHOP_NUMBERS_TABLE": everything["orders-numbers"].outputs["name"],
        "SHOP_DRAFTS_TABLE": everything["orders-drafts-table"].outputs["name"],
        "SHOP_TALLIES_TABLE": everything["views-tallies"].outputs["name"],
        "SHOP_CUSTOMERS_TABLE": everything["views-customers"].outputs["name"],
        "SHOP_SALES_TABLE": everything["views-product-sales"].outputs["name"],
        "SHOP_TERMS_TABLE": everything["search-terms"].outputs["name"],
        "SHOP_VIEWS_DLQ_URL": everything["views-dead-letters"].id,
        "SHOP_NOTIFICATION_AGAIN_URL": everything["notifications-again"].id,
        "SHOP_VIEWS_AGAIN_URL": everything["views-again"].id,
        "SHOP_LETTERS_TABLE": everything["dead-letters-table"].outputs["name"],
        "SHOP_FILES_BUCKET": everything["product-files-bucket"].id,
        "SHOP_PEOPLE_TABLE": everything["people-table"].outputs["name"],
        "SHOP_USER_POOL": everything["staff-pool"].id,
        "SHOP_SHOPS_TABLE": everything["connected-shops-table"].outputs["name"],
        "SHOP_DELIVERIES_TABLE": everything["webhooks-deliveries"].outputs["name"],
        "SHOP_WEBHOOK_QUEUE_URL": everything["webhooks-queue"].id,
        "SHOP_WEBHOOK_DLQ_URL": everything["webhooks-dead-letters"].id,
        "SHOP_WEBHOOK_TEST_HOSTS": "hooks.shop.example",
        "SHOP_MACHINE_POOL": everything["machines-pool"].id,
        "SHOP_MACHINE_SCOPE": everything.outputs["machineScope"],
        "SHOP_MACHINE_TOKEN_URL": everything.outputs["machineTokenUrl"],
        "SHOP_ORDER_RETENTION_DAYS": str(EVERYTHING["orderRetentionDays"]),
        "SHOP_CUSTOMER_RETENTION_DAYS": str(EVERYTHING["customerRetentionDays"]),
        "SHOP_DEAD_LETTER_RETENTION_DAYS": str(EVERYTHING["deadLetterRetentionDays"]),
        "SHOP_INVITATION_DAYS": str(
            everything.inputs("staff-pool")["passwordPolicy"]["temporaryPasswordValidityDays"]
        ),
        "SHOP_TOPIC_ARN": everything.arn("notifications-topic"),
        "SHOP_SITE_URL": "https://orders.shop.example",
        "SHOP_NOTIFICATION_RECIPIENTS": "orders@shop.example +447700900123",
        "SHOP_CORS_ORIGIN": "*",
        "SHOP_CURRENCY": "GBP",
        "SHOP_REQUIRED_OF_CUSTOMER": "name email",
        "SHOP_MAX_RECEIVE_COUNT": "20",
        "SHOP_VIEWS_BATCH_SIZE": str(everything.inputs("views-update-mapping")["batchSize"]),
        "SHOP_VIEWS_MAPPINGS": " ".join(
            everything[name].outputs["uuid"] for name in ("views-update-mapping", "views-again-mapping")
        ),
        "SHOP_GATEWAY_ROLE_ID": everything["orders-gateway-role"].outputs["uniqueId"],
        "SHOP_SEAL_KEY": everything["orders-seal-key"].outputs["value"],
        "SHOP_ACCOUNTING_TABLE": everything["accounting-table"].outputs["name"],
        "SHOP_ACCESS_LOG_GROUP": everything["api-logs-access"].outputs["name"],
        "SHOP_INBOX_LOG_GROUP": everything["inbox-logs-access"].outputs["name"],
        "SHOP_STOREFRONT_LOG_GROUP": everything["storefront-logs-access"].outputs["name"],
        "SHOP_ACCOUNTS_TABLE": everything["accounts-table"].outputs["name"],
        "SHOP_CUSTOMER_POOL_ID": everything["customers-pool"].id,
        "SHOP_PAGES_BUCKET": everything["storefront-bucket"].id,
        "SHOP_PAGES_DLQ_URL": everything["storefront-dead-letters"].id,
        "SHOP_PAGES_AGAIN_URL": everything["storefront-again"].id,
        "SHOP_STOREFRONT_EDITION": storefront_layer.edition({"terms": ROOT / "tests/data/law/terms.txt"}),
        "SHOP_MAILS_QUEUE_URL": everything["customer-mails-queue"].id,
        "SHOP_MAILS_DLQ_URL": everything["customer-mails-dead-letters"].id,
        "SHOP_MAIL_EVENTS": everything["customer-mails-events"].outputs["name"],
    }
    head = {"name": "Harbour Supplies", "address": ["1 Quay Street", "VAT GB 123 4567 89", "Éire"]}
    key = everything.inputs("storefront-asset-shop.css")["key"]
    for one in everything.all("lambda.Function"):
        variables = dict(one.inputs["environment"]["variables"])
        if "SHOP_STOREFRONT" in variables:
            assert "Éire" in variables["SHOP_STOREFRONT"]  # four bytes and not nine, of 4 KB
            assert json.loads(variables.pop("SHOP_STOREFRONT")) == {
                **head,
                "url": "https://www.shop.example",
                "assets": f"/{key.rpartition('/')[0]}",
                "vat": {"standard": 2170, "reduced": 800, "zero": 0, "exempt": 0},
                "settings": _settings_of_pages(everything),
            }
        if "SHOP_CUSTOMER_MAIL" in variables:
            assert json.loads(variables.pop("SHOP_CUSTOMER_MAIL")) == {
                **head,
                "url": "https://www.shop.example",
                "address_from": "mails@shop.example",
                "vat": {"standard": 2170, "reduced": 800, "zero": 0, "exempt": 0},
            }
        if one.name.startswith("accounts-"):
            assert variables.pop("SHOP_CORS_ORIGIN") == "https://www.shop.example"
        for name, value in variables.items():
            assert value == names[name], f"{one}: {name}"


def _settings_of_pages(graph: Graph) -> dict[str, str]:
    """Return what the scripts of the storefront know of the stack."""
    prefix = graph.inputs("customers-domain")["domain"]
    return {
        "api-url": graph.outputs["storefrontApiUrl"],
        "client-id": graph["storefront-client"].id,
        "cognito-api-url": "https://cognito-idp.eu-west-1.amazonaws.com",
        "currency": "GBP",
        "password-rules": PASSWORD_RULES,
        "scope": " ".join(graph.inputs("storefront-client")["allowedOauthScopes"]),
        "sign-in-base-url": f"https://{prefix}.auth.eu-west-1.amazoncognito.com",
        "sign-up-client-id": graph["customers-sign-up-client"].id,
        "site-url": graph.outputs["shopUrl"],
    }


def _invocations(graph: Graph, service: str = "apigateway.amazonaws.com") -> list[Registration]:
    """Return the permissions of a service to call functions."""
    return [one for one in graph.all("lambda.Permission") if one.inputs["principal"] == service]


def _granted(graph: Graph, policy: str) -> set[tuple[str, str]]:
    granted = statements(graph.document(policy))
    names = {"Effect", "Action", "Resource"}
    # Only the right to send mails has a condition, which a test of its own reads.
    assert all(
        set(one) - names <= ({"Condition"} if one["Action"] == ["ses:SendEmail"] else set())
        for one in granted
    )
    assert all(one["Effect"] == "Allow" for one in granted)
    return {
        (action, graph.with_names(resource))
        for one in granted
        for action in one["Action"]
        for resource in one["Resource"]
    }


def _findings(document: dict[str, Any]) -> list[str]:
    # Parliament needs a resource in every statement, and a role's trust policy has none.
    whole = [
        {"Resource": ROLE} | one if one["Action"] == "sts:AssumeRole" else one for one in statements(document)
    ]
    policy = analyze_policy_string(json.dumps(document | {"Statement": whole}), ignore_private_auditors=True)
    known = [one for one in policy.findings if not any(one.detail.endswith(new) for new in NEW_ACTIONS)]
    return [f"{one.issue}: {one.detail}" for one in known]


def _trusted(graph: Graph, role: str) -> Any:
    (trust,) = statements(graph.document(role, "assumeRolePolicy"))
    assert (trust["Effect"], trust["Action"], set(trust["Principal"])) == (
        "Allow",
        "sts:AssumeRole",
        {"Service"},
    )
    return trust["Principal"]["Service"]


def _variables(module: str) -> set[str]:
    """Return the SHOP_ variables that a handler or any module it imports reads."""
    files = reached_from(ROOT.joinpath(*module.split(".")).with_suffix(".py"))
    constants = (node.value for file in files for node in nodes(file) if isinstance(node, ast.Constant))
    return {text for text in constants if isinstance(text, str) and text.startswith("SHOP_")}
