"""The site's scripts as browsers load them: modules that every first visit needs are joined into bundles."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

# The modules of each bundle. A module is after those that it imports. The joined script is served at the path
# of the last module. The bundles of the storefront have modules of the desk, as a module there imports them.
BUNDLES = (
    ("lib/cognito.js", "lib/draft.js", "lib/last-list.js", "lib/dom.js"),
    (
        "lib/breath.js",
        "lib/once.js",
        "lib/text.js",
        "lib/format.js",
        "lib/quantity.js",
        "lib/units.js",
        "lib/charges.js",
        "lib/days.js",
        "lib/links.js",
        "lib/api.js",
        "lib/dialogs.js",
        "lib/paging.js",
        "lib/search-field.js",
        "lib/settings.js",
        "shell/connection.js",
        "shell/keys.js",
        "shell/unsaved.js",
        "shell/shell.js",
    ),
    (
        "lib/pause.js",
        "lib/toast.js",
        "order/status.js",
        "order/status-cell.js",
        "order/slip.js",
        "list/sale.js",
        "order/label-chips.js",
    ),
    (
        "list/address.js",
        "list/head.js",
        "list/read.js",
        "list/density.js",
        "list/parts.js",
        "list/elsewhere.js",
        "list/rows.js",
        "list/return.js",
        "list/sums.js",
    ),
    (
        "order/copy-link.js",
        "order/papers.js",
        "order/journey.js",
        "order/event-name.js",
        "order/line-slots.js",
        "order/details.js",
        "order/freshness.js",
        "order/printing.js",
        "order/comment.js",
        "order/beside.js",
        "order/neighbours.js",
        "order/editing.js",
        "order/change.js",
        "order/reason.js",
        "order/moves-with-reason.js",
        "order/steps.js",
    ),
    (
        "lib/json-schema.js",
        "lib/suggestions.js",
        "lib/typed-ahead.js",
        "lib/combobox.js",
        "lib/known-customers.js",
    ),
    ("lib/field-errors.js", "lib/form-errors.js", "lib/amount.js", "lib/amount-faults.js"),
    ("lib/contact-links.js", "lib/folded.js", "order/change-text.js", "order/channel.js", "order/reasons.js"),
    (
        "lib/letters.js",
        "order/amounts.js",
        "order/running-total.js",
        "order/form-faults.js",
        "order/pasted-text.js",
        "order/not-added.js",
        "order/undo.js",
        "order/charge-row.js",
        "order/charges.js",
        "order/line-quantity.js",
        "order/line-row.js",
        "order/lines.js",
        "order/often-bought.js",
        "order/left-rows.js",
        "order/line-check.js",
        "order/catalog-changes.js",
        "order/customer-picker.js",
        "order/product-fit.js",
        "order/product-picker.js",
        "order/typed.js",
        "order/typed-code.js",
        "order/form.js",
    ),
    (
        "lib/place-in-list.js",
        "lib/tick-rows.js",
        "catalog/words.js",
        "catalog/products.js",
    ),
    ("catalog/choices.js", "catalog/rows.js", "catalog/selection.js"),
    (
        "catalog/typed-label.js",
        "catalog/file-names.js",
        "catalog/typed-product.js",
        "catalog/claims.js",
        "catalog/file-fields.js",
        "catalog/fields.js",
        "catalog/conflict.js",
        "catalog/edit.js",
        "catalog/cards.js",
        "pages/product.js",
    ),
    ("catalog/file-rules.js", "catalog/picture.js", "catalog/uploads.js", "catalog/take-file.js"),
    (
        "catalog/new-price.js",
        "catalog/plan.js",
        "catalog/change-form.js",
        "catalog/change-results.js",
        "catalog/change-many.js",
    ),
    (
        "import/encoded-twice.js",
        "import/cells.js",
        "import/price.js",
        "import/items.js",
        "import/decode.js",
        "import/records.js",
        "import/table.js",
        "import/remembered.js",
        "import/columns.js",
        "import/verdicts.js",
        "import/send.js",
        "import/left.js",
        "import/refused.js",
        "import/actions.js",
        "import/results.js",
        "import/run.js",
        "import/desk.js",
    ),
    ("lib/barcode.js", "lib/paper-content.js"),
    ("customer/order-row.js", "customer/write-note.js", "customer/note.js"),
    (
        "order/submission.js",
        "order/agreed-total.js",
        "order/progress.js",
        "order/discarded.js",
        "order/succession.js",
        "order/sending.js",
        "order/copied.js",
        "order/draft-content.js",
        "order/finished-drafts.js",
        "order/leaving.js",
        "order/open-parked.js",
        "order/park-dialog.js",
        "order/sent-already.js",
        "order/parked-list.js",
        "order/parked-conflict.js",
        "order/parked.js",
        "order/parking.js",
    ),
    ("dead/advice.js", "dead/words.js", "dead/letters.js", "dead/next.js", "dead/onward.js"),
    ("dead/rows.js", "dead/selection.js"),
    ("dead/accounting-words.js", "dead/accounting.js"),
    (
        "dead/content.js",
        "dead/history.js",
        "dead/details.js",
        "dead/follow.js",
        "dead/settle-one.js",
        "pages/dead-letter.js",
    ),
    ("people/words.js", "people/invite.js", "people/question.js", "people/person.js", "pages/people.js"),
    ("shops/secrets.js", "shops/given.js"),
    (
        "shops/words.js",
        "shops/connect.js",
        "shops/question.js",
        "shops/sums.js",
        "shops/orders.js",
        "shops/show.js",
        "shops/shop.js",
        "pages/connected-shops.js",
    ),
    (
        "webhook/words.js",
        "webhook/show.js",
        "webhook/question.js",
        "webhook/deliveries.js",
        "webhook/desk.js",
        "pages/webhook.js",
    ),
    ("today/refill.js", "today/activity.js", "today/charts.js", "today/wording.js"),
    ("sales/periods.js", "sales/controls.js", "sales/figures.js", "sales/words.js", "sales/show.js"),
    (
        "today/read.js",
        "today/day-figures.js",
        "today/open-orders.js",
        "today/concerns.js",
        "today/rows.js",
        "today/senders.js",
    ),
    ("money.js", "cart/lines.js", "cart/room.js", "cart/kept.js", "shop.js"),
    (
        "../../assets/lib/cognito.js",
        "../../assets/lib/session.js",
        "../../assets/lib/api.js",
        "../../assets/lib/dom.js",
        "../../assets/lib/breath.js",
        "../../assets/lib/once.js",
        "../../assets/lib/text.js",
        "../../assets/lib/format.js",
        "../../assets/lib/dialogs.js",
        "../../assets/lib/few-at-a-time.js",
        "cart/facts.js",
        "cart/sums.js",
        "cart/sync.js",
        "account/rows.js",
        "account/door.js",
    ),
    (
        "../../assets/lib/dialogs.js",
        "../../assets/lib/field-errors.js",
        "../../assets/lib/form-errors.js",
        "account/stored.js",
        "account/address-book.js",
    ),
    (
        "orders/sent.js",
        "checkout/draft.js",
        "checkout/answers.js",
        "checkout/stored-cart.js",
        "checkout/placing.js",
        "checkout/question.js",
        "checkout/calls.js",
    ),
    ("cart/notices.js", "cart/line-row.js", "cart/summary.js"),
    ("orders/words.js", "orders/history.js", "orders/again.js"),
    (
        "../../assets/account/accounts.js",
        "../../assets/account/as-person.js",
        "../../assets/account/code-page.js",
        "../../assets/account/sign-in-end.js",
        "account/forms.js",
    ),
    ("../../assets/account/new-account.js", "pages/new-customer.js"),
    ("../../assets/account/forgotten.js", "pages/new-password.js"),
    ("checkout/order.js", "checkout/summary-row.js", "pages/checkout.js"),
    ("orders/claims.js", "pages/orders.js"),
    ("orders/papers.js", "orders/show.js", "pages/order.js"),
    ("sheets/bought.js", "pages/safety-data-sheets.js"),
    ("lists/lists.js", "lists/row.js", "pages/lists.js"),
    (
        "../../assets/lib/json-schema.js",
        "../../assets/lib/quantity.js",
        "../../assets/order/pasted-cells.js",
        "../../assets/order/pasted-titles.js",
        "../../assets/order/pasted-rows.js",
        "quick/rows.js",
        "pages/quick-order.js",
    ),
)

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_OTHER_IMPORT = re.compile(r"^(?:import [^{(]|export [{*]).*$", re.MULTILINE)
# A dynamic `import(...)`. Comment lines are left out, because `import(...)` only names a type there.
_LATER_IMPORT = re.compile(r"^(?! *[/*]).*\bimport\(", re.MULTILINE)
_COMMENT = re.compile(r"^ *(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/) *\n", re.MULTILINE)
_DECLARATION = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)

Imports = dict[str, set[str]]  # the names that a script imports, by the path of their script


def scripts(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the text of each script to serve, by path. `sources` has the text of each module, by path.

    Raises ValueError if two modules of a bundle have the same name, or if an import cannot be joined.
    """
    bundles = {bundle[-1]: bundle for bundle in BUNDLES if set(bundle) <= sources.keys()}
    homes = {module: path for path, bundle in bundles.items() for module in bundle}
    return {
        path: _script(path, {module: sources[module] for module in bundles.get(path, (path,))}, homes)
        for path in sources
        if homes.get(path, path) == path
    }


def shared_modules(paths: Iterable[str]) -> list[str]:
    """Return the modules of another site that are in bundles of this one, whose own modules have `paths`."""
    own = set(paths)
    return [
        module for bundle in BUNDLES if bundle[-1] in own for module in bundle if module.startswith("../")
    ]


def imported_scripts(path: str, served: Mapping[str, str]) -> list[str]:
    """Return the paths of the scripts that a script imports, directly or not, nearest first.

    A page lists these scripts as `modulepreload`, so that a browser loads them at the same time. Scripts that
    are only imported with `import()` are not in the result. Raises KeyError for a missing script.
    """
    found = [path]
    for script in found:
        found += [one for one in _imports(script, served[script]) if one not in found]
    return found[1:]


def _script(path: str, modules: Mapping[str, str], homes: Mapping[str, str]) -> str:
    """Join modules into one script, with one import statement for each other script."""
    imports: Imports = {}
    for module, text in modules.items():
        for target, names in _imports(module, text).items():
            imports.setdefault(homes.get(target, target), set()).update(names)
    imports.pop(path, None)
    bodies = {module: _IMPORT.sub("", text) for module, text in modules.items()}
    _require_plain_imports(bodies)
    _require_own_names(path, imports, bodies)
    _require_own_folder(path, bodies)
    return "".join([*_import_lines(path, imports), *map(without_comments, bodies.values())])


def without_comments(text: str) -> str:
    """Leave out the lines that are only comments, a quarter of what a browser would load."""
    return _COMMENT.sub("", text)


def _imports(module: str, text: str) -> Imports:
    imports: Imports = {}
    for names, target in _IMPORT.findall(text):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(module), target))
        imports.setdefault(path, set()).update(filter(None, (name.strip() for name in names.split(","))))
    renamed = [name for names in imports.values() for name in names if " as " in name]
    if renamed:
        raise ValueError(f"{module}: an import must keep its name, got {renamed[0]!r}")
    return imports


def _import_lines(path: str, imports: Imports) -> Iterator[str]:
    for target, names in sorted(imports.items()):
        relative = posixpath.relpath(target, posixpath.dirname(path))
        start = "" if relative.startswith(".") else "./"
        yield f'import {{ {", ".join(sorted(names))} }} from "{start}{relative}";\n'


def _require_plain_imports(bodies: Mapping[str, str]) -> None:
    """Raise ValueError for an import or export in a form that cannot be joined."""
    for module, text in bodies.items():
        if other := _OTHER_IMPORT.search(text):
            raise ValueError(f'{module}: must be import {{ names }} from "path"; got {other[0]!r}')


def _require_own_names(path: str, imports: Imports, bodies: Mapping[str, str]) -> None:
    """Raise ValueError if two modules have the same name, because a browser would refuse the script."""
    imported = [(name, target) for target, names in imports.items() for name in names]
    declared = [(name, module) for module, text in bodies.items() for name in _DECLARATION.findall(text)]
    owners: dict[str, str] = {}
    for name, owner in imported + declared:
        if owners.setdefault(name, owner) != owner:
            raise ValueError(f"{path}: {owners[name]} and {owner} both have {name!r}; one bundle has it once")


def _require_own_folder(path: str, bodies: Mapping[str, str]) -> None:
    """Raise ValueError for `import()` in a module of another folder, where its path would be wrong."""
    folder = posixpath.dirname(path)
    for module, text in bodies.items():
        if posixpath.dirname(module) != folder and _LATER_IMPORT.search(text):
            raise ValueError(f"{path}: {module} must not use import(), because it is served from {folder}/")
