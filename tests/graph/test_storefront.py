"""The storefront: its switch, its distribution with no function behind, and the layer of its function."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from components import site_files, storefront_layer
from components.settings import LAW_TEXTS
from components.storefront import INDEX, NOT_FOUND
from lambdas.shop import page_files, page_state, storefront_addresses, storefront_law
from tests.graph.graph import ROOT, Graph
from tests.graph.test_program import STOREFRONT_OUTPUTS

OF_STOREFRONT = ".*storefront|customers-|accounts-"
DISTRIBUTION = "storefront-front-distribution"


def test_nothing_of_the_storefront_exists_without_the_switch(
    dev: Graph, prod: Graph, everything: Graph
) -> None:
    for graph in (dev, prod):
        assert not [one.name for one in graph.resources.values() if re.match(OF_STOREFRONT, one.name)]
        assert "byAccount" not in str(graph.inputs("orders-table"))
        assert not [one.name for one in graph.resources.values() if one.name.endswith("-pages")]
        assert not graph.inputs("products-table").get("streamEnabled")
        assert STOREFRONT_OUTPUTS & set(graph.outputs) == set()
    assert everything.inputs("products-table")["streamEnabled"] is True
    assert everything.outputs["shopUrl"] == "https://www.shop.example"


def test_no_function_is_behind_the_distribution_of_the_storefront(everything: Graph) -> None:
    """Its origins are two buckets, and the one function at the edge only maps addresses to keys."""
    inputs = everything.inputs(DISTRIBUTION)
    origins = {one["originId"]: one["domainName"] for one in inputs["origins"]}
    assert origins == {
        "pages": everything["storefront-bucket"].outputs["bucketRegionalDomainName"],
        "product-files": everything["product-files-bucket"].outputs["bucketRegionalDomainName"],
    }
    assert all("customOriginConfig" not in one for one in inputs["origins"])
    behaviors = [inputs["defaultCacheBehavior"], *inputs["orderedCacheBehaviors"]]
    assert [one.get("pathPattern", "/") for one in behaviors] == ["/", "/files/*"]
    assert [one["allowedMethods"] for one in behaviors] == [["GET", "HEAD"]] * 2
    called = [one for behavior in behaviors for one in behavior.get("functionAssociations", [])]
    assert called == [
        {"eventType": "viewer-request", "functionArn": everything.arn("storefront-front-addresses")}
    ]
    assert not [one for behavior in behaviors for one in behavior.get("lambdaFunctionAssociations", [])]


def test_a_missing_page_is_answered_with_the_page_for_404(everything: Graph) -> None:
    """S3 answers for a missing file with 403, because nobody may list the bucket."""
    responses = {one["errorCode"]: one for one in everything.inputs(DISTRIBUTION)["customErrorResponses"]}
    for status in (403, 404):
        assert responses[status] == {
            "errorCode": status,
            "responseCode": 404,
            "responsePagePath": f"/{storefront_addresses.NOT_FOUND_KEY}",
            "errorCachingMinTtl": 5,
        }
    others = [one for status, one in responses.items() if status not in (403, 404)]
    assert all(set(one) == {"errorCode", "errorCachingMinTtl"} for one in others)


def test_pages_are_cached_for_some_seconds_and_asked_for_by_every_browser(everything: Graph) -> None:
    """The cache obeys the files, so a change is seen within 10 s however many people look."""
    cache = everything.inputs("storefront-front-cache")
    assert (cache["minTtl"], cache["defaultTtl"]) == (0, 0)
    assert page_files.CACHE_CONTROL == "public, max-age=0, s-maxage=5"


def test_component_and_rules_name_the_same_files() -> None:
    assert (storefront_addresses.INDEX_KEY, f"/{storefront_addresses.NOT_FOUND_KEY}") == (INDEX, NOT_FOUND)


def test_the_lease_is_longer_than_the_function_can_run(everything: Graph) -> None:
    assert everything.inputs("storefront-make-function")["timeout"] * 1000 < page_state.LEASE_MS


def test_pages_of_the_storefront_can_be_made_anew_and_so_are_not_protected(everything: Graph) -> None:
    assert everything.inputs("storefront-bucket")["forceDestroy"] is True
    assert not everything["storefront-bucket"].options.protect


def test_the_function_waits_for_the_assets_that_its_pages_name(everything: Graph) -> None:
    assets = {
        one.name for one in everything.all("s3.BucketObjectv2") if one.name.startswith("storefront-asset-")
    }
    assert assets
    assert assets <= everything.waits_for("storefront-make-function")
    folder = site_files.storefront_assets_folder()
    for name in assets:
        assert everything.inputs(name)["key"].startswith(f"{folder}/")


@pytest.fixture(scope="module")
def layer(everything: Graph) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(everything.inputs("storefront-layer")["code"].zipped))


def test_the_layer_has_pure_python_templates_and_the_texts_of_the_shop_only(layer: zipfile.ZipFile) -> None:
    kinds = {(name.split("/")[1], Path(name).suffix) for name in layer.namelist()}
    assert kinds == {
        ("jinja2", ".py"),
        ("markupsafe", ".py"),
        (storefront_layer.TEMPLATES, ".html"),
        (storefront_layer.TEMPLATES, ".py"),
        (storefront_layer.LAW, ".txt"),
        (storefront_layer.LAW, ".py"),
    }
    templates = {Path(name).name for name in layer.namelist() if name.endswith(".html")}
    assert templates == {file.name for file in (ROOT / "site/storefront/templates").glob("*.html")}


def test_pages_are_made_with_nothing_but_the_layer_and_the_code(
    layer: zipfile.ZipFile, tmp_path: Path
) -> None:
    """In an interpreter that sees neither this virtual environment nor this folder's other packages."""
    layer.extractall(tmp_path)
    (tmp_path / "lambdas").symlink_to(ROOT / "lambdas")
    script = f"""
import sys
sys.path[:0] = [{str(tmp_path / "python")!r}, {str(tmp_path)!r}]
from lambdas.shop import storefront_law, storefront_pages
shop = storefront_pages.Shop(
    "A & B", [], "https://shop.example", "/assets/1", {{}}, {{}}, storefront_law.read()
)
print(storefront_pages.home(shop, {{"Mops": 1}}, []))
print(storefront_pages.law_pages(shop)["terms.html"])
import jinja2, markupsafe
assert jinja2.__file__.startswith({str(tmp_path)!r}) and markupsafe.__file__.startswith({str(tmp_path)!r})
assert markupsafe._escape_inner.__module__ == "markupsafe._native"
"""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-I", "-S", "-c", script], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert "A &amp; B" in done.stdout
    assert "Terms of the shop &lt;b&gt; &amp; &#34;Söhne&#34;." in done.stdout


def test_a_changed_template_makes_another_edition(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = storefront_layer.edition({})
    (tmp_path / "home.html").write_text("another")
    monkeypatch.setattr(storefront_layer, "STOREFRONT_TEMPLATES", tmp_path)
    assert storefront_layer.edition({}) != before


def test_a_changed_text_of_the_shop_makes_another_edition(tmp_path: Path) -> None:
    file = tmp_path / "any.txt"
    editions = {storefront_layer.edition({})}
    for text, name in (("One.", "terms"), ("Two.", "terms"), ("Two.", "privacy")):
        file.write_text(text)
        editions.add(storefront_layer.edition({name: file}))
    assert len(editions) == 4


def test_settings_addresses_and_titles_name_the_same_texts_of_the_law() -> None:
    assert LAW_TEXTS == storefront_addresses.LAW_PAGES == tuple(storefront_law.TITLES)


@pytest.mark.parametrize(
    "rule",
    ["shop/storefront_pages.py", "shop/pricing.py", "shop/search.py", "platform/transliteration.py"],
)
def test_a_changed_rule_makes_another_edition(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rule: str
) -> None:
    before = storefront_layer.edition({})
    shutil.copytree(ROOT / "lambdas", tmp_path / "lambdas", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(storefront_layer, "CODE", tmp_path / "lambdas")
    assert storefront_layer.edition({}) == before
    with (tmp_path / "lambdas" / rule).open("a") as file:
        file.write("# changed\n")
    assert storefront_layer.edition({}) != before


def test_the_layer_is_for_the_function_that_has_it(everything: Graph) -> None:
    layer, function = everything.inputs("storefront-layer"), everything.inputs("storefront-make-function")
    assert layer["compatibleRuntimes"] == [function["runtime"]]
    assert layer["compatibleArchitectures"] == function["architectures"] == ["arm64"]
    assert function["layers"] == [everything.arn("storefront-layer")]


def test_the_bucket_of_pages_is_private_as_that_of_the_site(everything: Graph) -> None:
    private = dict(everything.inputs("storefront-bucket-private"))
    assert everything.sources("storefront-bucket-private", "bucket") == {"storefront-bucket"}
    assert private == dict(everything.inputs("site-bucket-private")) | {"bucket": private["bucket"]}


def test_changes_that_come_together_are_made_together(everything: Graph) -> None:
    """An import of 10,000 products would else make the pages of its categories a thousand times."""
    assert everything.inputs("storefront-make-mapping")["batchSize"] == 100
    schedule = everything.inputs("storefront-make-schedule")["scheduleExpression"]
    assert schedule == "rate(5 minutes)"


def test_the_policy_of_pages_allows_the_api_and_the_sign_in_of_customers_only(everything: Graph) -> None:
    headers = everything.inputs("storefront-front-headers")["securityHeadersConfig"]
    policy = headers["contentSecurityPolicy"]["contentSecurityPolicy"]
    (called,) = re.findall(r"; connect-src 'self' ([^;]*); ", policy)
    prefix = everything.inputs("customers-domain")["domain"]
    assert called.split() == [
        everything.outputs["storefrontApiUrl"].removesuffix("/api"),
        f"https://{prefix}.auth.eu-west-1.amazoncognito.com",
        "https://cognito-idp.eu-west-1.amazonaws.com",
    ]
    assert "http" not in policy.replace(called, "")
