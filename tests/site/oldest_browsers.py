"""The features that at least one of the oldest supported browsers (README, "Browsers") does not have.

Modules that Deno runs do not have them, and a browser test removes them from the browser.
"""

import json

MISSING = (
    "AbortSignal.any",
    "Document.prototype.startViewTransition",
    "Element.prototype.checkVisibility",
    "Element.prototype.moveBefore",
    "Element.prototype.setHTML",
    "HTMLDialogElement.prototype.closedBy",
    "HTMLDialogElement.prototype.requestClose",
    "HTMLElement.prototype.hidePopover",
    "HTMLElement.prototype.showPopover",
    "HTMLElement.prototype.togglePopover",
    "HTMLSelectElement.prototype.showPicker",
    "Iterator.from",
    *(f"Iterator.prototype.{name}" for name in ("drop", "every", "filter", "find", "flatMap", "forEach")),
    *(f"Iterator.prototype.{name}" for name in ("map", "reduce", "some", "take", "toArray")),
    "Map.groupBy",
    "Map.prototype.getOrInsert",
    "Map.prototype.getOrInsertComputed",
    "Math.sumPrecise",
    "Object.groupBy",
    "Promise.try",
    "Promise.withResolvers",
    "RegExp.escape",
    *(f"Set.prototype.{name}" for name in ("difference", "intersection", "symmetricDifference", "union")),
    *(f"Set.prototype.{name}" for name in ("isDisjointFrom", "isSubsetOf", "isSupersetOf")),
    "URL.canParse",
    "URL.parse",
    "URLSearchParams.prototype.size",
    "Uint8Array.fromBase64",
    "Uint8Array.fromHex",
    "Uint8Array.prototype.toBase64",
    "Uint8Array.prototype.toHex",
    "globalThis.Temporal",
    "globalThis.navigation",
    "globalThis.requestIdleCallback",
    "globalThis.scheduler",
)

# A script that removes the features.
REMOVE = f"""for (const path of {json.dumps(MISSING)}) {{
  const names = path.split(".");
  const name = names.pop();
  const owner = names.reduce((object, one) => object?.[one], globalThis);
  if (owner) delete owner[name];
}}"""
