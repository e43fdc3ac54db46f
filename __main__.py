"""Read the configuration, declare the components of Order desk, export the outputs."""

import hashlib

import pulumi
import pulumi_aws as aws

from components.accounting import Accounting, AccountingArgs
from components.admin_site import AdminSite, AdminSiteArgs
from components.alarms import Alarms, AlarmsArgs, LoggedFailure
from components.api_calls import STAFF_API, STOREFRONT, WITHOUT_SHOPS
from components.api_logs import ApiLogs, ApiLogsArgs
from components.catalog import Catalog, CatalogArgs
from components.connected_shops import ConnectedShops, ConnectedShopsArgs
from components.customer_accounts import CustomerAccounts, CustomerAccountsArgs
from components.customer_mails import CustomerMails, CustomerMailsArgs
from components.customer_user_pool import CustomerUserPool, CustomerUserPoolArgs
from components.dead_letters import DeadLetters, DeadLettersArgs, Source
from components.inbox import Inbox, InboxArgs
from components.machine_user_pool import MachineUserPool, MachineUserPoolArgs
from components.order_calls import OrderCalls, OrderCallsArgs
from components.order_drafts import OrderDrafts, OrderDraftsArgs
from components.order_notifications import OrderNotifications, OrderNotificationsArgs
from components.order_pipeline import OrderPipeline, OrderPipelineArgs
from components.order_views import OrderViews, OrderViewsArgs
from components.people import People, PeopleArgs
from components.personal_data import PersonalData, PersonalDataArgs
from components.product_files import ProductFiles, ProductFilesArgs
from components.product_orders import ProductOrders, ProductOrdersArgs
from components.rest_api import RestApi, RestApiArgs
from components.retention import Retention, RetentionArgs
from components.search_index import SearchIndex, SearchIndexArgs
from components.settings import Settings
from components.site_certificate import SiteCertificate, SiteCertificateArgs
from components.staff_user_pool import StaffUserPool, StaffUserPoolArgs
from components.storefront import Storefront, StorefrontArgs
from components.web_acl import WebAcl, WebAclArgs
from components.webhook_calls import WebhookCalls, WebhookCallsArgs
from components.webhooks import Webhooks, WebhooksArgs

settings = Settings.load()
# A Cognito domain prefix must be unique among all AWS accounts, so it contains a hash of the account number.
account = hashlib.sha256(aws.get_caller_identity().account_id.encode()).hexdigest()[:8]

search = SearchIndex("search", SearchIndexArgs(protect=settings.protect_data))
product_files = ProductFiles("product-files", ProductFilesArgs(protect=settings.protect_data))
catalog = Catalog(
    "products",
    CatalogArgs(
        terms=search.terms,
        files=product_files,
        currency=settings.currency,
        streams=settings.storefront,
        cors_origin=settings.cors_origin,
        log_retention_days=settings.log_retention_days,
        protect=settings.protect_data,
    ),
)
staff = StaffUserPool(
    "staff",
    StaffUserPoolArgs(
        staff=settings.staff_emails,
        admins=settings.admin_emails,
        self_sign_up=settings.self_sign_up,
        mfa=settings.mfa,
        mail_from=settings.cognito_mail_from,
        domain_prefix=f"{pulumi.get_project()}-{pulumi.get_stack()}-{account}",
        sign_in_base_url=settings.sign_in_base_url,
        cognito_api_url=settings.cognito_api_url,
        site_url=settings.known_site_url,
        protect=settings.protect_data,
    ),
)
customers = (
    CustomerUserPool(
        "customers",
        CustomerUserPoolArgs(
            shop_name=settings.shop_name,
            mail_from=settings.cognito_mail_from,
            domain_prefix=f"{pulumi.get_project()}-customers-{pulumi.get_stack()}-{account}",
            sign_in_base_url=settings.customer_sign_in_base_url,
            cognito_api_url=settings.cognito_api_url,
            protect=settings.protect_data,
        ),
    )
    if settings.storefront
    else None
)
machines = (
    MachineUserPool(
        "machines",
        MachineUserPoolArgs(
            domain_prefix=f"{pulumi.get_project()}-machines-{pulumi.get_stack()}-{account}",
            token_base_url=settings.machine_token_base_url,
            protect=settings.protect_data,
        ),
    )
    if settings.connected_shops
    else None
)
shops = (
    ConnectedShops(
        "connected-shops",
        ConnectedShopsArgs(
            machines=machines,
            users=staff,
            cors_origin=settings.cors_origin,
            log_retention_days=settings.log_retention_days,
            protect=settings.protect_data,
        ),
    )
    if machines
    else None
)
letters = DeadLetters(
    "dead-letters",
    DeadLettersArgs(
        currency=settings.currency,
        required_of_customer=settings.required_of_customer,
        cors_origin=settings.cors_origin,
        log_retention_days=settings.log_retention_days,
        protect=settings.protect_data,
        shops=shops.table if shops else None,
    ),
)
pipeline = OrderPipeline(
    "orders",
    OrderPipelineArgs(
        products=catalog.table,
        letters=letters.table,
        shops=shops.table if shops else None,
        accounts=settings.storefront,
        currency=settings.currency,
        required_of_customer=settings.required_of_customer,
        operator_arns=settings.operator_arns,
        log_retention_days=settings.log_retention_days,
        protect=settings.protect_data,
    ),
)
accounts = (
    CustomerAccounts(
        "accounts",
        CustomerAccountsArgs(
            customers=customers,
            orders=pipeline.table,
            cors_origin=settings.storefront_cors_origin,
            log_retention_days=settings.log_retention_days,
            protect=settings.protect_data,
        ),
    )
    if customers
    else None
)
notifications = OrderNotifications(
    "notifications",
    OrderNotificationsArgs(
        orders=pipeline.table,
        emails=settings.notification_emails,
        phones=settings.notification_phones,
        events=settings.connected_shops,
        customers=bool(settings.customer_mail_from),
        operator_arns=settings.operator_arns,
        log_retention_days=settings.log_retention_days,
        protect=settings.protect_data,
    ),
)
webhooks = (
    Webhooks(
        "webhooks",
        WebhooksArgs(
            shops=shops.table,
            topic=notifications.topic,
            test_hosts=settings.webhook_test_hosts,
            operator_arns=settings.operator_arns,
            log_retention_days=settings.log_retention_days,
            protect=settings.protect_data,
        ),
    )
    if shops
    else None
)
views = OrderViews(
    "views",
    OrderViewsArgs(
        orders=pipeline.table,
        products=catalog.table,
        terms=search.terms,
        currency=settings.currency,
        letters=letters,
        shops=shops.table if shops else None,
        operator_arns=settings.operator_arns,
        cors_origin=settings.cors_origin,
        log_retention_days=settings.log_retention_days,
        protect=settings.protect_data,
    ),
)
firewall = WebAcl("site-firewall", WebAclArgs()) if settings.web_acl else None
storefront_certificate = (
    SiteCertificate(
        "storefront-domain",
        SiteCertificateArgs(domain_name=settings.storefront_domain, hosted_zone_id=settings.hosted_zone_id),
    )
    if settings.storefront_domain
    else None
)
storefront = (
    Storefront(
        "storefront",
        StorefrontArgs(
            products=catalog.table,
            orders=pipeline.table,
            terms=search.terms,
            views=views,
            product_files=product_files,
            customers=customers,
            currency=settings.currency,
            shop_name=settings.shop_name,
            shop_address=settings.shop_address,
            vat=settings.vat,
            law=settings.law_texts,
            url=settings.storefront_url or None,
            certificate=storefront_certificate,
            web_acl_arn=firewall.arn if firewall else None,
            operator_arns=settings.operator_arns,
            log_retention_days=settings.log_retention_days,
            protect=settings.protect_data,
        ),
    )
    if customers
    else None
)
customer_mails = (
    CustomerMails(
        "customer-mails",
        CustomerMailsArgs(
            orders=pipeline.table,
            products=catalog.table,
            notifications=notifications,
            mail_from=settings.customer_mail_from,
            shop_name=settings.shop_name,
            shop_address=settings.shop_address,
            vat=settings.vat,
            operator_arns=settings.operator_arns,
            log_retention_days=settings.log_retention_days,
            protect=settings.protect_data,
        ),
    )
    if settings.customer_mail_from
    else None
)
letters.take_from(
    pipeline,
    [
        Source(
            name="orders",
            dead=pipeline.dead_letters,
            dead_url="SHOP_ORDER_DLQ_URL",
            again=pipeline.queue,
            again_url="SHOP_ORDER_QUEUE_URL",
        ),
        Source(
            name="notifications",
            dead=notifications.dead_letters,
            dead_url="SHOP_NOTIFICATION_DLQ_URL",
            again=notifications.again,
            again_url="SHOP_NOTIFICATION_AGAIN_URL",
        ),
        Source(
            name="views",
            dead=views.dead_letters,
            dead_url="SHOP_VIEWS_DLQ_URL",
            again=views.again,
            again_url="SHOP_VIEWS_AGAIN_URL",
        ),
        *(
            [
                Source(
                    name="webhooks",
                    dead=webhooks.dead_letters,
                    dead_url="SHOP_WEBHOOK_DLQ_URL",
                    again=webhooks.queue,
                    again_url="SHOP_WEBHOOK_QUEUE_URL",
                )
            ]
            if webhooks
            else []
        ),
        *(
            [
                Source(
                    name="pages",
                    dead=storefront.dead_letters,
                    dead_url="SHOP_PAGES_DLQ_URL",
                    again=storefront.again,
                    again_url="SHOP_PAGES_AGAIN_URL",
                )
            ]
            if storefront
            else []
        ),
        *(
            [
                Source(
                    name="mails",
                    dead=customer_mails.dead_letters,
                    dead_url="SHOP_MAILS_DLQ_URL",
                    again=customer_mails.queue,
                    again_url="SHOP_MAILS_QUEUE_URL",
                )
            ]
            if customer_mails
            else []
        ),
    ],
)
pipeline.close_queues(keeper=letters.keeper, sender=letters.sender)
views.close_queues(keeper=letters.keeper, sender=letters.sender)
logs = (
    ApiLogs(
        "api-logs",
        ApiLogsArgs(log_retention_days=settings.log_retention_days, own_role=settings.api_logs == "own-role"),
    )
    if settings.api_logs != "none"
    else None
)
inbox_logs = (
    ApiLogs("inbox-logs", ApiLogsArgs(log_retention_days=settings.log_retention_days, own_role=False))
    if logs and settings.connected_shops
    else None
)
storefront_logs = (
    ApiLogs("storefront-logs", ApiLogsArgs(log_retention_days=settings.log_retention_days, own_role=False))
    if logs and settings.storefront
    else None
)
accounting = Accounting(
    "accounting",
    AccountingArgs(
        logs=logs,
        inbox_logs=inbox_logs,
        storefront_logs=storefront_logs,
        pipeline=pipeline,
        letters=letters,
        views=views,
        cors_origin=settings.cors_origin,
        log_retention_days=settings.log_retention_days,
        protect=settings.protect_data,
    ),
)
calls = OrderCalls(
    "order-calls",
    OrderCallsArgs(
        orders=pipeline.table,
        terms=search.terms,
        products=catalog.table,
        letters=letters,
        notifications=notifications,
        required_of_customer=settings.required_of_customer,
        cors_origin=settings.cors_origin,
        log_retention_days=settings.log_retention_days,
    ),
)
retention = (
    Retention(
        "retention",
        RetentionArgs(
            orders=pipeline.table,
            customers=views.customers,
            letters=letters,
            order_days=settings.order_retention_days,
            customer_days=settings.customer_retention_days,
            letter_days=settings.dead_letter_retention_days,
            log_retention_days=settings.log_retention_days,
        ),
    )
    if settings.retention_days
    else None
)
product_orders = ProductOrders(
    "product-orders",
    ProductOrdersArgs(
        products=catalog.table,
        orders=pipeline.table,
        terms=search.terms,
        cors_origin=settings.cors_origin,
        log_retention_days=settings.log_retention_days,
    ),
)
drafts = OrderDrafts(
    "orders-drafts",
    OrderDraftsArgs(
        cors_origin=settings.cors_origin,
        log_retention_days=settings.log_retention_days,
        protect=settings.protect_data,
    ),
)
personal_data = PersonalData(
    "personal-data",
    PersonalDataArgs(
        orders=pipeline.table,
        customers=views.customers,
        drafts=drafts.table,
        users=staff,
        accounts=accounts,
        letters=letters,
        notifications=notifications,
        currency=settings.currency,
        required_of_customer=settings.required_of_customer,
        cors_origin=settings.cors_origin,
        log_retention_days=settings.log_retention_days,
    ),
)
people = People(
    "people",
    PeopleArgs(
        users=staff,
        cors_origin=settings.cors_origin,
        log_retention_days=settings.log_retention_days,
        protect=settings.protect_data,
    ),
)
webhook_calls = (
    WebhookCalls(
        "webhook-calls",
        WebhookCallsArgs(
            shops=shops.table,
            webhooks=webhooks,
            users=staff,
            cors_origin=settings.cors_origin,
            log_retention_days=settings.log_retention_days,
        ),
    )
    if shops and webhooks
    else None
)
if webhooks and webhook_calls:
    webhooks.close_queues(keeper=letters.keeper, senders=[letters.sender, *webhook_calls.senders])
api = RestApi(
    "api",
    RestApiArgs(
        api=STAFF_API if shops else WITHOUT_SHOPS,
        user_pool=staff.pool,
        scope=None,
        queue=pipeline.queue,
        queue_role=pipeline.gateway_role,
        functions={
            **calls.functions,
            **drafts.functions,
            **letters.functions,
            **catalog.functions,
            **product_orders.functions,
            **views.functions,
            **people.functions,
            **personal_data.functions,
            **accounting.functions,
            **(shops.functions if shops else {}),
            **(webhook_calls.functions if webhook_calls else {}),
        },
        required_of_customer=settings.required_of_customer,
        cors_origin=settings.cors_origin,
        rate_limit=settings.api_rate_limit,
        burst_limit=settings.api_burst_limit,
        logs=logs,
        log_retention_days=settings.log_retention_days,
    ),
)
inbox = (
    Inbox(
        "inbox",
        InboxArgs(
            machines=machines,
            pipeline=pipeline,
            required_of_customer=settings.required_of_customer,
            rate_limit=settings.api_rate_limit,
            burst_limit=settings.api_burst_limit,
            logs=inbox_logs,
            log_retention_days=settings.log_retention_days,
            after=api,
        ),
    )
    if machines
    else None
)
storefront_api = (
    RestApi(
        "storefront-api",
        RestApiArgs(
            api=STOREFRONT,
            user_pool=accounts.customers.pool,
            scope=None,
            queue=pipeline.queue,
            queue_role=pipeline.gateway_role,
            functions=accounts.functions,
            required_of_customer=settings.required_of_customer,
            cors_origin=settings.storefront_cors_origin,
            rate_limit=settings.api_rate_limit,
            burst_limit=settings.api_burst_limit,
            logs=storefront_logs,
            log_retention_days=settings.log_retention_days,
            # An account may create one deployment every 5 s, and the first API sets the role for logs.
            after=[inbox.api.stage if inbox else api.stage],
        ),
    )
    if accounts
    else None
)
if storefront and storefront_api:
    storefront.add_pages(storefront_api)
    storefront.close_queues(keeper=letters.keeper, sender=letters.sender)
if storefront and customer_mails:
    customer_mails.add_mailer(storefront.url, keeper=letters.keeper, sender=letters.sender)
certificate = (
    SiteCertificate(
        "site-domain",
        SiteCertificateArgs(domain_name=settings.domain_name, hosted_zone_id=settings.hosted_zone_id),
    )
    if settings.domain_name
    else None
)
site = AdminSite(
    "site",
    AdminSiteArgs(
        api=api,
        inbox=inbox,
        storefront=storefront_api,
        product_files=product_files.bucket,
        users=staff,
        currency=settings.currency,
        required_of_customer=settings.required_of_customer,
        site_url=settings.site_url or None,
        certificate=certificate,
        web_acl_arn=firewall.arn if firewall else None,
        shop_name=settings.shop_name,
        shop_address=settings.shop_address,
        shop_logo=settings.logo,
        protect=settings.protect_data,
    ),
)
product_files.open_to(
    site.url, [site.distribution_arn, *([storefront.distribution_arn] if storefront else [])]
)
notifications.add_notifier(
    site.url, keeper=letters.keeper, senders=[letters.sender, calls.functions["send_order_mail"]]
)
if settings.alarm_emails:
    Alarms(
        "alarms",
        AlarmsArgs(
            emails=settings.alarm_emails,
            order_queue=pipeline.queue,
            dead_letters={
                "order-dead-letters": pipeline.dead_letters,
                "notification-dead-letters": notifications.dead_letters,
                "view-dead-letters": views.dead_letters,
                **({"webhook-dead-letters": webhooks.dead_letters} if webhooks else {}),
                **({"page-dead-letters": storefront.dead_letters} if storefront else {}),
                **({"mail-dead-letters": customer_mails.dead_letters} if customer_mails else {}),
            },
            functions={
                "write-orders": pipeline.writer,
                "notify": notifications.notifier,
                "update-views": views.updater,
                "keep-dead-letters": letters.keeper,
                **({"apply-retention": retention.applier} if retention else {}),
                "count-orders": accounting.counter,
                **({"deliver-webhooks": webhooks.deliverer} if webhooks else {}),
                **({"make-pages": storefront.maker} if storefront else {}),
                **({"mail-customers": customer_mails.mailer} if customer_mails else {}),
            },
            scheduled={
                "count-orders": accounting.counter,
                **({"make-pages": storefront.maker} if storefront else {}),
            },
            readers={
                "notify": notifications.notifier,
                "update-views": views.updater,
                **({"make-pages": storefront.maker} if storefront else {}),
            },
            logged={
                "dead-letters-came": LoggedFailure(
                    function=letters.keeper,
                    event="dead_letter.kept",
                    meaning="An order, a mail, a count or an event failed for good. The page "
                    "dead-letters.html of the site says why, and lets admins send it again.",
                ),
                "dead-letters-not-kept": LoggedFailure(
                    function=letters.keeper,
                    event="dead_letter.not_kept",
                    meaning="A dead letter could not be kept, and stays in its queue for 14 days at most. "
                    "The log of keep-dead-letters says why.",
                ),
                "orders-missing": LoggedFailure(
                    function=accounting.counter,
                    event="order.missing",
                    meaning="An order was accepted, and is in no place. The page dead-letters.html of the "
                    "site names it.",
                ),
                "accounting-blind": LoggedFailure(
                    function=accounting.counter,
                    event="accounting.unreadable",
                    meaning="The access log of the API has lines of accepted orders without their IDs, so an "
                    "order that is lost would not be missed. docs/operate.md says what to check.",
                ),
                "views-paused": LoggedFailure(
                    function=accounting.counter,
                    event="views.paused",
                    meaning="Nothing has been counted for half an hour, because the function update-views is "
                    "switched off: a rebuild was cut off, or still runs. docs/operate.md says what to do.",
                ),
                "best-sellers-failed": LoggedFailure(
                    function=views.updater,
                    event="sales.failed",
                    meaning="The best sellers could not be updated, and wait for a release that can. All "
                    "else goes on. The log of update-views says why.",
                ),
                **(
                    {
                        "pages-late": LoggedFailure(
                            function=storefront.maker,
                            event="pages.late",
                            meaning="A page of the storefront has been out of date for 15 minutes. The lines "
                            "page.failed in the log of make-pages say which, and why.",
                        )
                    }
                    if storefront
                    else {}
                ),
            },
            apis={
                "api": api,
                **({"inbox": inbox.api} if inbox else {}),
                **({"storefront": storefront_api} if storefront_api else {}),
            },
        ),
    )

pulumi.export("siteUrl", site.url)
pulumi.export("apiUrl", api.stage.invoke_url)
pulumi.export("region", aws.get_region().region)
pulumi.export("userPoolId", staff.pool.id)
pulumi.export("userPoolClientId", site.client.id)
pulumi.export("signInUrl", site.sign_in_url)
pulumi.export("ordersTable", pipeline.table.name)
pulumi.export("productsTable", catalog.table.name)
pulumi.export("orderQueueUrl", pipeline.queue.url)
pulumi.export("orderDeadLetterQueueUrl", pipeline.dead_letters.url)
pulumi.export("notificationTopicArn", notifications.topic.arn)
# The commands of docs/operate.md need these names and URLs too.
pulumi.export("customersTable", views.customers.name)
pulumi.export("termsTable", search.terms.name)
pulumi.export("talliesTable", views.tallies.name)
pulumi.export("productSalesTable", views.sales.name)
pulumi.export("notificationDeadLetterQueueUrl", notifications.dead_letters.url)
pulumi.export("viewDeadLetterQueueUrl", views.dead_letters.url)
pulumi.export("writeOrdersFunction", pipeline.writer.function.name)
pulumi.export("notifyFunction", notifications.notifier.function.name)
pulumi.export("updateViewsFunction", views.updater.function.name)
pulumi.export("retentionFunction", retention.applier.function.name if retention else "")
if storefront:
    pulumi.export("shopUrl", storefront.url)
    pulumi.export("makePagesFunction", storefront.maker.function.name)
if accounts and storefront and storefront_api:
    pulumi.export("storefrontApiUrl", storefront_api.stage.invoke_url)
    pulumi.export("customerPoolId", accounts.customers.pool.id)
    pulumi.export("customerClientId", storefront.client.id)
if machines and inbox:
    pulumi.export("inboxUrl", inbox.url)
    pulumi.export("machineTokenUrl", machines.token_url)
    pulumi.export("machineScope", machines.scope)
