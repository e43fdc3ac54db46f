"""How the site's modules become the scripts that browsers load."""

import re

import pytest

from components import site_files
from components.site_scripts import BUNDLES, imported_scripts, scripts, without_comments
from lambdas.shop import storefront_addresses, storefront_pages
from tests.graph.graph import ROOT
from tests.storefront import SHOP

SHELL, LIST = (
    next(bundle for bundle in BUNDLES if bundle[-1] == last) for last in ("shell/shell.js", "list/sums.js")
)


def modules(**texts: str) -> dict[str, str]:
    """Return the modules of a bundle and one page by path, with `texts` by file name or else empty."""
    named = {path: texts.get(path.split("/")[-1].removesuffix(".js"), "") for path in LIST}
    return named | {"pages/page.js": texts.get("page", "")}


def test_a_bundle_is_one_script_with_its_modules_in_order() -> None:
    served = scripts(modules(address="export const a = 1;\n", rows="export const b = 2;\n"))
    assert served == {"list/sums.js": "export const a = 1;\nexport const b = 2;\n", "pages/page.js": ""}


def test_imports_within_a_bundle_are_removed_and_others_merged() -> None:
    head = 'import { a } from "./address.js";\nimport { x } from "../lib/x.js";\nconst h = a;\n'
    rows = 'import {\n  y,\n  x,\n} from "../lib/x.js";\n'
    served = scripts(modules(head=head, rows=rows) | {"lib/x.js": ""})
    assert served["list/sums.js"] == 'import { x, y } from "../lib/x.js";\nconst h = a;\n'


def test_lines_that_are_only_comments_are_not_served() -> None:
    text = """// What this is.
const a = "// no comment"; // stays
/** One line. */
  /**
   * Several lines with * and /.
   */
const b = 4 /* stays */ / 2;
"""
    kept = """const a = "// no comment"; // stays
const b = 4 /* stays */ / 2;
"""
    assert scripts(modules(rows=text))["list/sums.js"] == kept


def test_no_text_of_the_site_has_a_line_that_looks_like_a_comment() -> None:
    for file in (ROOT / "site/assets").rglob("*.js"):
        for template in re.findall(r"`[^`]*`", without_comments(file.read_text())):
            before = file.read_text().count(template)
            assert before == 1 or "\n" not in template, f"{file}: {template}"


def test_a_page_imports_bundled_modules_from_their_bundle() -> None:
    page = 'import { a } from "../list/address.js";\nimport { b } from "../list/rows.js";\n'
    assert scripts(modules(page=page))["pages/page.js"] == 'import { a, b } from "../list/sums.js";\n'


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"head": "const a = 1;\n", "read": "function a() {}\n"}, "both have 'a'"),
        ({"head": 'import { a } from "../lib/x.js";\n', "read": "let a;\n"}, "both have 'a'"),
        ({"page": 'import { a as b } from "./x.js";\n'}, "must keep its name, got 'a as b'"),
        ({"page": 'import "./x.js";\n'}, "must be import { names } from"),
        ({"page": 'export { a } from "./x.js";\n'}, "must be import { names } from"),
        ({"page": 'import a from "./x.js";\n'}, "must be import { names } from"),
    ],
    ids=[
        "declared twice",
        "imported and declared",
        "renamed import",
        "no names",
        "re-export",
        "default import",
    ],
)
def test_modules_that_cannot_be_joined_are_refused(texts: dict[str, str], problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        scripts(modules(**texts))


def test_a_module_bundled_into_another_folder_must_not_use_dynamic_imports() -> None:
    shell = dict.fromkeys(SHELL, "") | {"lib/api.js": 'const x = () => import("./y.js");\n'}
    with pytest.raises(ValueError, match=r"lib/api\.js must not use import\(\)"):
        scripts(shell)


def test_indirect_imports_are_found_and_listed_once() -> None:
    served = {
        "pages/a.js": 'import { b } from "../lib/b.js";\nimport { c } from "../lib/c.js";\nimport("e.js");\n',
        "lib/b.js": 'import { c } from "./c.js";\n',
        "lib/c.js": 'import { d } from "./d.js";\n',
        "lib/d.js": "",
    }
    assert imported_scripts("pages/a.js", served) == ["lib/b.js", "lib/c.js", "lib/d.js"]


def test_an_import_of_a_missing_script_is_refused() -> None:
    with pytest.raises(KeyError, match=r"pages/b\.js"):
        imported_scripts("pages/a.js", {"pages/a.js": 'import { b } from "./b.js";\n'})


def test_each_module_of_the_site_is_served_exactly_once() -> None:
    served = "\n".join(text for path, text in site_files.texts().items() if path.endswith(".js"))
    for file in (ROOT / "site/assets").rglob("*.js"):
        body = re.sub(r'^import \{[^}]*\} from "[^"]+";\n', "", file.read_text(), flags=re.MULTILINE)
        assert served.count(without_comments(body)) == 1, file


def test_every_bundle_of_the_site_is_served_whole() -> None:
    desk, shop = site_files.texts(), site_files.storefront_texts()
    for bundle in BUNDLES:
        served = desk if (ROOT / "site/assets" / bundle[0]).exists() else shop
        assert bundle[-1] in served
        assert not [module for module in bundle[:-1] if module in served]


def test_every_script_of_the_storefront_imports_only_what_is_served() -> None:
    """A module of the desk that no bundle there has would be missing."""
    served = {path: text for path, text in site_files.storefront_texts().items() if path.endswith(".js")}
    for path in served:
        assert set(imported_scripts(path, served)) <= served.keys()


@pytest.mark.parametrize("page", storefront_addresses.OWN_PAGES)
def test_every_page_of_the_storefront_loads_its_scripts_at_the_same_time(page: str) -> None:
    """Otherwise a browser would find the next script only in the one before."""
    served = {path: text for path, text in site_files.storefront_texts().items() if path.endswith(".js")}
    html = storefront_pages.own(SHOP)[storefront_addresses.own_page_key(page)]
    prefix = re.escape(SHOP.assets)
    scripts = re.findall(rf'<script type="module" src="{prefix}/([^"]*)"', html)
    preloaded = re.findall(rf'<link rel="modulepreload" href="{prefix}/([^"]*)"', html)
    needed = {one for script in scripts for one in imported_scripts(script, served)}
    assert set(preloaded) == needed - set(scripts)


def test_no_script_makes_a_format_while_it_loads() -> None:
    """A browser's first format takes a tenth of a second on a phone, before the page has sent a request."""
    served = [text for path, text in site_files.texts().items() if path.endswith(".js")]
    early = re.compile(r"^(?:export )?(?:const|let) (?:(?!=>).)*\bIntl\.\w+Format\(.*$", re.MULTILINE)
    assert [line for text in served for line in early.findall(text)] == []
    assert early.findall(
        "const whole = new Intl.NumberFormat();\nconst ofDate = () => new Intl.NumberFormat();"
    ) == ["const whole = new Intl.NumberFormat();"]
