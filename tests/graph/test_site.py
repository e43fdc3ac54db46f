"""The site: CloudFront, the bucket and the files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jinja2 import UndefinedError

from components import site_addresses, site_files
from components.site_distribution import (
    ALL_VIEWER_EXCEPT_HOST_HEADER,
    CACHING_DISABLED,
    content_security_policy,
)
from lambdas.shop import product_files
from local.emulator import edge_functions
from local.engine import Registration
from tests.graph.graph import ROOT, Graph
from tests.graph.recorder import kind

Document = dict[str, Any]

COGNITO_API = "https://cognito-idp.eu-west-1.amazonaws.com"


def test_cloudfront_caches_no_errors_and_has_no_error_pages(graph: Graph) -> None:
    """By default CloudFront caches errors for 10 s. A page that waits for its order would get the old 404."""
    responses = graph.inputs("site-front-distribution")["customErrorResponses"]
    assert responses == [
        {"errorCode": status, "errorCachingMinTtl": 0} for status in (400, 403, 404, 500, 502, 503, 504)
    ]


def test_the_api_gets_uncached_requests_without_the_viewers_host(graph: Graph) -> None:
    """With the viewer's Host header, API Gateway answers 403."""
    api = _behaviors(graph)["/api/*"]
    assert api["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
    assert api["originRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # AllViewerExceptHostHeader
    assert set(api["allowedMethods"]) == {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
    assert api["viewerProtocolPolicy"] == "https-only"
    assert "compress" not in api  # CloudFront compresses only where it may cache


def test_cloudfront_forwards_api_calls_without_an_origin_path(graph: Graph) -> None:
    """The path of a call already begins with /api, the name of the stage."""
    origin = _origin(graph, "api")
    assert origin["domainName"] == f"{graph['api-rest-api'].id}.execute-api.eu-west-1.amazonaws.com"
    assert "originPath" not in origin
    assert origin["customOriginConfig"] == {
        "originProtocolPolicy": "https-only",
        "originSslProtocols": ["TLSv1.2"],
        "httpPort": 80,
        "httpsPort": 443,
    }


def test_pages_come_from_the_private_bucket_with_signed_requests(graph: Graph) -> None:
    origin = _origin(graph, "pages")
    assert origin["domainName"] == graph["site-bucket"].outputs["bucketRegionalDomainName"]
    assert origin["originAccessControlId"] == graph["site-front-origin-access"].id
    assert graph.inputs("site-front-origin-access") == {
        "originAccessControlOriginType": "s3",
        "signingBehavior": "always",
        "signingProtocol": "sigv4",
    }
    private = graph.inputs("site-bucket-private")
    assert {key for key, value in private.items() if value is True} == {
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    }


def test_the_bucket_policy_waits_for_the_access_block(graph: Graph) -> None:
    """S3 refuses two changes of a bucket at once: OperationAborted."""
    assert "site-bucket-private" in graph.waits_for("site-bucket-policy")


def test_every_behavior_names_an_existing_origin_of_its_own(graph: Graph) -> None:
    """CloudFront refuses an unknown origin only at `pulumi up`, and serves pages from any origin it knows."""
    inputs = graph.inputs("site-front-distribution")
    origins = {one["originId"]: one for one in inputs["origins"]}
    assert len(origins) == len(inputs["origins"])
    domains = {
        path: origins[behavior["targetOriginId"]]["domainName"]
        for path, behavior in _behaviors(graph).items()
    }
    assert domains == {
        "/": graph["site-bucket"].outputs["bucketRegionalDomainName"],
        "/api/*": f"{graph['api-rest-api'].id}.execute-api.eu-west-1.amazonaws.com",
        "/files/*": graph["product-files-bucket"].outputs["bucketRegionalDomainName"],
    }


def test_every_policy_and_function_of_a_behavior_exists(graph: Graph) -> None:
    """AWS's own policies are the same in every account, so only those two IDs may be constants."""
    aws_own = {"cachePolicyId": CACHING_DISABLED, "originRequestPolicyId": ALL_VIEWER_EXCEPT_HOST_HEADER}
    kinds = {
        "cachePolicyId": "cloudfront.CachePolicy",
        "originRequestPolicyId": "cloudfront.OriginRequestPolicy",
        "responseHeadersPolicyId": "cloudfront.ResponseHeadersPolicy",
    }
    for path, behavior in _behaviors(graph).items():
        named = {name for name in behavior if name.endswith("PolicyId")}
        assert named <= set(kinds)
        for name in named:
            declared = {one.id for one in graph.all(kinds[name])}
            assert behavior[name] in declared | {aws_own.get(name)}, f"{path}: {name}"
        for one in behavior.get("functionAssociations", []):
            assert one["functionArn"] in {graph.arn(each.name) for each in graph.all("cloudfront.Function")}


def test_pages_can_only_be_read(graph: Graph) -> None:
    behavior = graph.inputs("site-front-distribution")["defaultCacheBehavior"]
    assert set(behavior["allowedMethods"]) == set(behavior["cachedMethods"]) == {"GET", "HEAD"}


def test_the_cache_policy_obeys_the_headers_of_every_file(graph: Graph) -> None:
    """With another minimum, pages would be old for that time. With a short maximum, so would be the cache."""
    cache = graph.inputs("site-front-cache")
    assert (cache["minTtl"], cache["defaultTtl"]) == (0, 0)
    ages = {file.inputs["cacheControl"] for file in graph.all("s3.BucketObjectv2")}
    assert cache["maxTtl"] >= max(int(age) for text in ages for age in re.findall(r"max-age=(\d+)", text))
    behavior = graph.inputs("site-front-distribution")["defaultCacheBehavior"]
    assert behavior["cachePolicyId"] == graph["site-front-cache"].id
    assert behavior["viewerProtocolPolicy"] == "redirect-to-https"


def test_the_cache_key_is_the_path_and_the_encoding_only(graph: Graph) -> None:
    """A file is the same for everybody.

    With cookies, headers or the query in the key, each search or sign-in code would be a file of its own, and
    S3 would get them. CloudFront compresses only with the encodings of the policy.
    """
    key = dict(graph.inputs("site-front-cache")["parametersInCacheKeyAndForwardedToOrigin"])
    assert key.pop("cookiesConfig") == {"cookieBehavior": "none"}
    assert key.pop("headersConfig") == {"headerBehavior": "none"}
    assert key.pop("queryStringsConfig") == {"queryStringBehavior": "none"}
    assert key == {"enableAcceptEncodingBrotli": True, "enableAcceptEncodingGzip": True}
    assert graph.inputs("site-front-distribution")["defaultCacheBehavior"]["compress"] is True


def test_the_distribution_uses_http_3_and_pulumi_waits_for_it(graph: Graph) -> None:
    """AWS refuses to delete a headers policy or access control that the distribution still uses."""
    inputs = graph.inputs("site-front-distribution")
    assert inputs.get("waitForDeployment", True) is True
    assert inputs["httpVersion"] == "http2and3"
    assert inputs["priceClass"] == "PriceClass_100"
    assert inputs["isIpv6Enabled"] is True
    assert inputs["defaultRootObject"] == "index.html"


def test_nothing_logs_the_urls_of_requests(everything: Graph) -> None:
    """A URL of a page or call contains a customer's address, a search for a person or a sign-in code."""
    distribution = everything.inputs("site-front-distribution")
    behaviors = [distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"]]
    assert "loggingConfig" not in distribution
    assert not [one for one in behaviors if "realtimeLogConfigArn" in one]
    kinds = {kind(one.type) for one in everything.all()}
    assert not {one for one in kinds if "Logging" in one or "LogDelivery" in one}


def test_every_behavior_sends_the_security_headers(graph: Graph) -> None:
    pages, files = graph["site-front-headers"].id, graph["site-front-file-headers"].id
    sent = {path: one["responseHeadersPolicyId"] for path, one in _behaviors(graph).items()}
    assert sent == {"/": pages, "/api/*": pages, "/files/*": files}
    of_pages, of_files = (dict(graph.inputs(f"site-front-{one}headers")) for one in ("", "file-"))
    differing = {"contentSecurityPolicy": of_files["securityHeadersConfig"]["contentSecurityPolicy"]}
    assert of_files == of_pages | {"securityHeadersConfig": of_pages["securityHeadersConfig"] | differing}


def test_a_file_of_a_product_may_do_nothing_as_a_page(graph: Graph) -> None:
    headers = graph.inputs("site-front-file-headers")["securityHeadersConfig"]
    assert headers["contentSecurityPolicy"] == {
        "contentSecurityPolicy": "script-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
        "override": True,
    }
    assert headers["contentTypeOptions"] == {"override": True}


def test_files_of_products_can_only_be_read_and_are_kept_for_a_year(graph: Graph) -> None:
    behavior = _behaviors(graph)["/files/*"]
    assert set(behavior["allowedMethods"]) == set(behavior["cachedMethods"]) == {"GET", "HEAD"}
    assert behavior["viewerProtocolPolicy"] == "redirect-to-https"
    assert behavior["cachePolicyId"] == graph["site-front-cache"].id
    assert f"max-age={int(graph.inputs('site-front-cache')['maxTtl'])}, " in product_files.CACHE_CONTROL
    origin = _origin(graph, "product-files")
    assert origin["originAccessControlId"] == graph["site-front-origin-access"].id


def test_only_the_pages_of_the_site_may_upload_files_of_products(graph: Graph) -> None:
    """The headers are those that the function signs, but for two that a browser sends without asking."""
    (rule,) = graph.inputs("product-files-bucket-cors")["corsRules"]
    assert rule == {
        "allowedOrigins": [graph.outputs["siteUrl"]],
        "allowedMethods": ["PUT"],
        "allowedHeaders": ["Cache-Control", "Content-Type", "x-amz-checksum-sha256"],
        "maxAgeSeconds": 3600,
    }
    assert rule["allowedOrigins"][0].startswith("https://")
    assert "*" not in json.dumps(rule)


def test_the_bucket_of_files_is_private_and_changed_once_at_a_time(graph: Graph) -> None:
    """S3 refuses two changes of a bucket at once: OperationAborted."""
    private = dict(graph.inputs("product-files-bucket-private"))
    assert graph.sources("product-files-bucket-private", "bucket") == {"product-files-bucket"}
    assert private == dict(graph.inputs("site-bucket-private")) | {"bucket": private["bucket"]}
    assert "product-files-bucket-private" in graph.waits_for("product-files-bucket-policy")
    assert "product-files-bucket-policy" in graph.waits_for("product-files-bucket-cors")


def test_only_requests_of_pages_run_the_function_for_wrong_addresses(graph: Graph) -> None:
    """The API answers a wrong address itself, in JSON."""
    inputs = graph.inputs("site-front-distribution")
    assert inputs["defaultCacheBehavior"]["functionAssociations"] == [
        {"eventType": "viewer-request", "functionArn": graph.arn("site-front-addresses")}
    ]
    assert [one.get("functionAssociations") for one in inputs["orderedCacheBehaviors"]] == [None, None]
    function = graph.inputs("site-front-addresses")
    assert function["runtime"] == "cloudfront-js-2.0"
    assert function.get("publish", True) is True, "CloudFront runs published functions only"


def test_the_function_knows_every_file_beside_the_assets(graph: Graph) -> None:
    for file in graph.all("s3.BucketObjectv2"):
        path = f"/{file.inputs['key']}"
        assert _at_address(graph, path)["uri"] == path


def test_a_404_has_the_security_headers_of_every_other_response(graph: Graph) -> None:
    """AWS does not document whether CloudFront adds them to the response of a function."""
    response = _at_address(graph, "/nowhere")
    assert response["statusCode"] == 404
    assert response["headers"]["cache-control"]["value"] == "no-cache", "the page may exist after an update"
    policy = graph.inputs("site-front-headers")
    expected: dict[str, Callable[[Document], str]] = {
        "content-security-policy": lambda one: one["contentSecurityPolicy"],
        "content-type-options": lambda _: "nosniff",
        "frame-options": lambda one: one["frameOption"],
        "referrer-policy": lambda one: one["referrerPolicy"],
        "strict-transport-security": lambda one: f"max-age={one['accessControlMaxAgeSec']}",
    }
    sent = {name.removeprefix("x-"): field["value"] for name, field in response["headers"].items()}
    configs = {_with_hyphens(name): one for name, one in policy["securityHeadersConfig"].items()}
    assert {name: value(configs[name]) for name, value in expected.items()}.items() <= sent.items()
    assert configs.keys() == expected.keys()
    custom = policy.get("customHeadersConfig", {"items": []})["items"]
    assert {one["header"].lower(): one["value"] for one in custom}.items() <= sent.items()


def test_a_function_too_long_for_cloudfront_is_refused() -> None:
    with pytest.raises(ValueError, match="a CloudFront function has at most 10240 bytes, got 2"):
        site_addresses.code([f"page-{number:06}.html" for number in range(900)], "assets", {})


def test_the_404_page_loads_only_uploaded_assets(graph: Graph) -> None:
    html = _at_address(graph, "/nowhere")["body"]["data"]
    keys = {file.inputs["key"] for file in graph.all("s3.BucketObjectv2")}
    named = {link.lstrip("/") for link in re.findall(r'(?:href|src)="(/[^"]+)"', html)}
    assert f"{site_files.assets_folder()}/site.css" in named
    assert named <= keys


def test_the_security_headers_are_strict(graph: Graph) -> None:
    headers = graph.inputs("site-front-headers")["securityHeadersConfig"]
    assert all(one["override"] is True for one in headers.values())
    assert headers["frameOptions"]["frameOption"] == "DENY"
    assert headers["referrerPolicy"]["referrerPolicy"] == "no-referrer"
    assert headers["strictTransportSecurity"]["accessControlMaxAgeSec"] >= 365 * 24 * 60 * 60
    assert "contentTypeOptions" in headers


def test_a_page_shares_no_window_and_uses_no_device(graph: Graph) -> None:
    """The site uses the clipboard and plays a sound, and neither is in the list."""
    custom = graph.inputs("site-front-headers")["customHeadersConfig"]["items"]
    assert all(one["override"] is True for one in custom)
    headers = {one["header"]: one["value"] for one in custom}
    assert set(headers) == {"Cross-Origin-Opener-Policy", "Permissions-Policy"}
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = dict(one.split("=") for one in headers["Permissions-Policy"].split(", "))
    assert {"camera", "geolocation", "microphone", "payment", "usb"} <= set(policy)
    assert set(policy.values()) == {"()"}
    assert not {"autoplay", "clipboard-write"} & set(policy)


def test_no_script_needs_a_trusted_type() -> None:
    """With the CSP of the site, a browser refuses these calls with an error."""
    sinks = (
        r"innerHTML|outerHTML|insertAdjacentHTML|srcdoc|document\.write|createContextualFragment|parseFromString"
        r"|setHTMLUnsafe|new (?:Shared)?Worker|serviceWorker|importScripts|\beval\(|new Function\b"
    )
    for script in (ROOT / "site/assets").rglob("*.js"):
        assert not re.search(sinks, script.read_text()), script


def test_the_csp_allows_only_the_site_cognito_and_uploads(graph: Graph) -> None:
    """Pages fetch tokens from Cognito's domain, call its API and upload files.

    CloudFront's limit is 1,783 characters.
    """
    headers = graph.inputs("site-front-headers")["securityHeadersConfig"]
    policy = headers["contentSecurityPolicy"]["contentSecurityPolicy"]
    domain = graph.inputs("staff-domain")["domain"]
    directives = dict(one.split(" ", 1) for one in policy.split("; "))
    bucket = graph["product-files-bucket"].outputs["bucketRegionalDomainName"]
    assert re.fullmatch(r"product-files-bucket-[0-9a-f]{7}\.s3\.eu-west-1\.amazonaws\.com", bucket)
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": f"'self' https://{domain}.auth.eu-west-1.amazoncognito.com {COGNITO_API} "
        f"https://{bucket}",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert len(policy) <= 1783


def test_a_csp_too_long_for_cloudfront_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 1783 characters, got 19"):
        content_security_policy([f"https://{'a' * 1750}"])


def test_every_file_has_a_type_and_charset(graph: Graph) -> None:
    """A browser downloads a page without a type, and reads text without a charset as Latin-1."""
    for file in graph.all("s3.BucketObjectv2"):
        kind = file.inputs["contentType"]
        assert "/" in kind
        if kind.startswith("text/") or "json" in kind or "svg" in kind:
            assert kind.endswith("; charset=utf-8"), file


def test_a_file_of_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"notes\.docx: CONTENT_TYPES must have a type for '\.docx'"):
        site_files.content_type("notes.docx")


def test_pages_are_revalidated_and_assets_are_immutable(graph: Graph) -> None:
    for file in graph.all("s3.BucketObjectv2"):
        expected = "public, max-age=31536000, immutable" if _is_asset(file) else "no-cache"
        assert file.inputs["cacheControl"] == expected, file


def test_old_assets_stay_for_open_tabs(graph: Graph) -> None:
    for file in graph.all("s3.BucketObjectv2"):
        assert file.options.retain_on_delete is _is_asset(file), file


def test_files_have_no_etag_or_hash_of_their_own(graph: Graph) -> None:
    """An etag or a hash in the program would show as a change in every preview."""
    for file in graph.all("s3.BucketObjectv2"):
        assert not {"etag", "sourceHash"} & set(file.inputs)


def test_a_page_is_uploaded_after_its_assets(graph: Graph) -> None:
    """The pages of the storefront are made by a function, which waits for its own assets."""
    files = [file for file in graph.all("s3.BucketObjectv2") if file.name.startswith("site-")]
    assets = {file.name for file in files if _is_asset(file)}
    assert assets
    for file in graph.all("s3.BucketObjectv2"):
        if _is_page(file):
            assert assets <= graph.waits_for(file.name)


def test_every_template_but_base_and_partials_is_a_page(graph: Graph) -> None:
    pages = {file.inputs["key"] for file in graph.all("s3.BucketObjectv2") if _is_page(file)}
    templates = {file.name for file in (ROOT / "site/templates").iterdir()}
    connects = any(one.name == "machines-pool" for one in graph.all())
    without = {"base.html"} if connects else {"base.html", "connected-shops.html", "webhook.html"}
    assert pages == {name for name in templates if not name.startswith("_")} - without
    account = graph["site-page-account.html"].inputs["content"]
    assert ("/connected-shops.html" in account) is connects
    assert any("connected-shops" in one.name for one in graph.all()) is connects
    assert {
        "index.html",
        "orders.html",
        "order.html",
        "new-order.html",
        "callback.html",
        "signed-out.html",
    } <= pages


def test_the_page_of_connected_shops_leads_to_the_description_of_their_calls(dev: Graph) -> None:
    """Both dialogs with the client ID link to the document that the developer needs."""
    page = dev.inputs("site-page-connected-shops.html")["content"]
    assert page.count(f'href="/{dev.inputs("site-inbox-reference")["key"]}"') == 2  # in both dialogs


def test_every_page_names_the_client_and_the_sign_in_url(graph: Graph) -> None:
    for file in graph.all("s3.BucketObjectv2"):
        if _is_page(file):
            html = file.inputs["content"]
            assert graph.outputs["userPoolClientId"] in html, file
            assert f"https://{graph.inputs('staff-domain')['domain']}.auth." in html, file


def test_the_csp_names_an_origin_once() -> None:
    """On this machine, one URL is that of both the hosted pages and Cognito's API."""
    policy = content_security_policy(["http://localhost:8001", "http://localhost:8001"])
    assert "; connect-src 'self' http://localhost:8001; " in policy


def test_every_page_names_the_url_of_cognitos_api(graph: Graph, local: Graph) -> None:
    for stack, url in ((graph, COGNITO_API), (local, "http://localhost:8002")):
        for file in stack.all("s3.BucketObjectv2"):
            if _is_page(file):
                meta = f'<meta name="order-desk:cognito-api-url" content="{url}">'
                assert meta in file.inputs["content"], file


def test_the_site_offers_sign_up_only_if_it_is_allowed(dev: Graph, everything: Graph) -> None:
    """If sign-up is not allowed, its page only explains who creates accounts: Cognito would refuse a form."""
    closed, open_ = ({page.inputs["key"]: page.inputs["content"] for page in one.all("s3.BucketObjectv2")
                      if _is_page(page)} for one in (dev, everything))  # fmt: skip
    assert "Accounts are made by an admin" in closed["sign-up.html"]
    assert not re.search("<form|pages/sign-up", closed["sign-up.html"])
    assert [page for page, html in closed.items() if "/sign-up.html" in html] == []
    assert "<form" in open_["sign-up.html"]
    linking = [page for page, html in open_.items() if 'href="/sign-up.html"' in html]
    assert linking == ["callback.html", "signed-out.html"]


def test_pages_after_a_failed_sign_in_link_to_password_reset(graph: Graph) -> None:
    linking = {
        page.inputs["key"]
        for page in graph.all("s3.BucketObjectv2")
        if _is_page(page) and 'href="/forgotten-password.html"' in page.inputs["content"]
    }
    assert {"callback.html", "signed-out.html"} <= linking


def test_every_asset_that_a_page_names_is_uploaded(graph: Graph) -> None:
    files = [file for file in graph.all("s3.BucketObjectv2") if file.name.startswith("site-")]
    keys = {file.inputs["key"] for file in files}
    (folder,) = {"/".join(key.split("/")[:2]) for key in keys if key.count("/") > 1}
    assert folder == site_files.assets_folder()
    assert f"{folder}/schemas.json" in keys
    for file in graph.all("s3.BucketObjectv2"):
        if _is_page(file):
            references = set(_references(file.inputs["content"], "/assets/"))
            assert references <= keys, file


def test_papers_show_the_logo_under_an_address_that_changes_with_it(everything: Graph, dev: Graph) -> None:
    logo = everything.inputs("site-logo")
    content = logo["source"].content
    assert content == Path("tests/data/shop-logo.svg").read_bytes()
    assert logo["key"] == f"assets/logo-{hashlib.sha256(content).hexdigest()[:12]}.svg"
    assert logo["contentType"] == "image/svg+xml; charset=utf-8"
    assert logo["cacheControl"].endswith("immutable")
    for page, papers in (("order", 2), ("orders", 3)):
        html = everything.inputs(f"site-page-{page}.html")["content"]
        assert html.count(f'<img src="/{logo["key"]}" alt="">') == papers
    assert "<img" not in dev.inputs("site-page-order.html")["content"]


def test_a_page_links_only_to_existing_pages(graph: Graph) -> None:
    keys = {f"/{file.inputs['key']}" for file in graph.all("s3.BucketObjectv2")}
    for file in graph.all("s3.BucketObjectv2"):
        if _is_page(file):
            links = {
                urlsplit(link).path
                for link in re.findall(r'(?:href|action)="(/[^"]*)"', file.inputs["content"])
            }
            assert "/" in links, file
            assert links <= keys | {"/"}, file


def test_pages_and_gateway_use_the_same_schemas(dev: Graph) -> None:
    (schemas,) = (one for one in dev.all("s3.BucketObjectv2") if one.inputs["key"].endswith("/schemas.json"))
    models = dev.document("api-rest-api", "body")["components"]["schemas"]
    assert json.loads(schemas.inputs["content"]).items() <= models.items()


def test_a_page_preloads_only_static_imports_of_its_module(dev: Graph) -> None:
    (orders,) = (one for one in dev.all("s3.BucketObjectv2") if one.inputs["key"] == "orders.html")
    folder = f"/{site_files.assets_folder()}/"
    loaded = re.findall(r'<link rel="modulepreload" href="([^"]+)">', orders.inputs["content"])
    assert f"{folder}shell/shell.js" in loaded
    assert f"{folder}lib/session.js" in loaded, "the shell imports it"
    assert f"{folder}list/export.js" not in loaded, "the page imports it when Export is pressed"


@pytest.mark.thorough
def test_a_first_visit_of_each_page_loads_at_most_12_files(dev: Graph) -> None:
    """The limit is without calls of the API. The icon for a phone's home screen is not loaded by a visit."""
    for page in filter(_is_page, dev.all("s3.BucketObjectv2")):
        loaded = {
            path
            for path in _references(page.inputs["content"], f"/{site_files.assets_folder()}/")
            if not path.endswith(".png")
        }
        assert len(loaded) + 1 <= 12, page.inputs["key"]


def test_stylesheets_are_uploaded_joined_with_every_component(dev: Graph) -> None:
    sheets = [
        file.inputs["content"]
        for file in dev.all("s3.BucketObjectv2")
        if file.inputs["contentType"].startswith("text/css")
    ]
    assert sheets
    assert [text for text in sheets if "@import" in text or "/*" in text] == []
    for component in (ROOT / "site/assets/css").glob("*.css"):
        text = site_files.without_comments(component.read_text(encoding="utf-8")).strip()
        assert [one for one in sheets if text in one], f"no stylesheet imports {component.name}"


def test_a_stylesheet_contains_its_imported_files_in_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sheets = {
        "site.css": '@layer a, b;\n@import "css/a.css";\n@import "css/b.css";\n',
        "css/a.css": "a {}\n",
        "css/b.css": "b {}\n",
        "css/c.css": "c {}\n",
        "css/pages/d.css": '@import "../c.css";\nd {}\n',
    }
    _write_assets(monkeypatch, tmp_path, sheets)
    joined = {
        path: re.findall(r"\w \{\}", text)
        for path, text in site_files.texts().items()
        if path.endswith(".css")
    }
    assert joined == {"css/pages/d.css": ["c {}", "d {}"], "site.css": ["a {}", "b {}"]}


def test_a_stylesheet_is_served_without_comments() -> None:
    css = "/* A\n   file. */\n@layer a;\na { /* why */\n  b: c; /* how */\n}\n/* end */\nd {}\n"
    assert site_files.without_comments(css) == "@layer a;\na {\n  b: c;\n}\nd {}\n"


def test_an_import_of_a_missing_component_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"css/a\.css"):
        _write_assets(monkeypatch, tmp_path, {"site.css": '@import "css/a.css";\n'})


def test_any_change_of_an_asset_renames_the_assets_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = _write_assets(monkeypatch, tmp_path, {"a.js": "1", "b/c.css": "2"})
    assert before == _write_assets(monkeypatch, tmp_path, {"a.js": "1", "b/c.css": "2"})
    assert before != _write_assets(monkeypatch, tmp_path, {"a.js": "1", "b/c.css": "3"})
    assert before != _write_assets(monkeypatch, tmp_path, {"a.js": "1", "b/d.css": "2"})
    assert before != _write_assets(monkeypatch, tmp_path, {"a.js": "1"})
    imported = {"site.css": '@import "css/a.css";\n', "css/a.css": "1"}
    assert _write_assets(monkeypatch, tmp_path, imported) != _write_assets(
        monkeypatch, tmp_path, {**imported, "css/a.css": "2"}
    )


def test_a_page_escapes_values_and_refuses_missing_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text('<p class="{{ name }}">')
    monkeypatch.setattr(site_files, "TEMPLATES", tmp_path)
    assert site_files.renderer()("page.html", {"name": '"><script>'}) == '<p class="&#34;&gt;&lt;script&gt;">'
    with pytest.raises(UndefinedError, match="'name' is undefined"):
        site_files.renderer()("page.html", {})


def test_pages_have_no_inline_script_or_style(dev: Graph) -> None:
    """The CSP forbids both."""
    for file in dev.all("s3.BucketObjectv2"):
        if _is_page(file):
            html = file.inputs["content"]
            assert "<style" not in html
            assert " style=" not in html
            assert " onclick=" not in html
            assert all(" src=" in tag.partition(">")[0] for tag in html.split("<script")[1:])


def _origin(graph: Graph, name: str) -> Document:
    origins: list[Document] = graph.inputs("site-front-distribution")["origins"]
    return next(one for one in origins if one["originId"] == name)


def _behaviors(graph: Graph) -> dict[str, Document]:
    """Return the behaviors of the distribution by their paths, the default one at `/`."""
    inputs = graph.inputs("site-front-distribution")
    further = {one["pathPattern"]: one for one in inputs["orderedCacheBehaviors"]}
    return {"/": inputs["defaultCacheBehavior"], **further}


def _at_address(graph: Graph, path: str) -> Document:
    """Return what the function returns for a request of a path: the request itself, or a response."""
    request = {"method": "GET", "uri": path, "querystring": {}, "headers": {}, "cookies": {}}
    code = graph.inputs("site-front-addresses")["code"].encode()
    answer: Document = edge_functions.evaluate(code, {"version": "1.0", "request": request})
    return answer


def _with_hyphens(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)


def _is_asset(file: Registration) -> bool:
    return str(file.inputs["key"]).startswith("assets/")


def _is_page(file: Registration) -> bool:
    return str(file.inputs["key"]).endswith(".html")


def _references(html: str, prefix: str) -> list[str]:
    return [(prefix + rest.partition('"')[0]).lstrip("/") for rest in html.split(f'"{prefix}')[1:]]


def _write_assets(monkeypatch: pytest.MonkeyPatch, at: Path, files: dict[str, str]) -> str:
    root = at / f"{len(list(at.iterdir()))}"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.setattr(site_files, "ASSETS", root)
    return site_files.assets_folder()
