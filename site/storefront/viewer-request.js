// The CloudFront function in front of the storefront's pages. It maps the address of a page to the key of its file. An
// address that no page has gets a key that no file has, and CloudFront then answers with the page for 404.

// Pages that a script fills with what is the viewer's own.
const OWN =
  /^(cart|checkout|orders?|account|lists|quick-order|safety-data-sheets|sign-up|forgotten-password)$/;
// Pages of the texts that the law asks a shop for.
const LAW = /^(terms|privacy|imprint|withdrawal)$/;
// The default root object may be applied before this function or after it.
const SAME =
  /^\/(index\.html|assets\/.+|robots\.txt|callback\.html|signed-out\.html|sitemap(\/\d+)?\.xml|search\/index\.json)$/;

// oxlint-disable-next-line no-unused-vars -- CloudFront calls the function of this name
function handler(event) {
  const request = event.request;
  request.uri = keyOf(request.uri);
  return request;
}

/** Return the key of the file for an address, with a slash in front. A slash at the end of an address is ignored. */
function keyOf(address) {
  if (SAME.test(address)) return address;
  const parts = address.replace(/\/$/, "").split("/").slice(1);
  if (parts.length === 0) return "/index.html";
  if (parts.includes("")) return "/missing";
  return fileOf(parts);
}

function fileOf(parts) {
  const [first, name, more] = parts;
  const count = parts.length;
  if (count === 1 && (first === "search" || OWN.test(first) || LAW.test(first))) return `/${first}.html`;
  // Carts read what a product costs now.
  if (first === "product" && count === 2) return `/p/${name}.json`;
  // Behind the SKU stands the name of the product, which may have changed since somebody linked to it.
  if (first === "p" && (count === 2 || count === 3)) return `/p/${name}.html`;
  if (first === "c" && count === 2) return `/c/${name}.html`;
  return first === "c" && count === 3 ? `/c/${name}/${more}.html` : "/missing";
}
