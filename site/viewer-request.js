// The CloudFront function in front of the pages. CloudFront runs it for each request outside /api/, before it looks for a
// file. components/site_addresses.py adds two constants above this text: `FILES`, the names of the files beside assets/, and
// `NOT_FOUND`, the response for an address without a page.

// oxlint-disable-next-line no-unused-vars -- CloudFront calls the function of this name
function handler(event) {
  const request = event.request;
  const name = request.uri.slice(1);
  if (name === "" || name.startsWith("assets/") || FILES.includes(name)) return request;
  const page = pageNamed(name);
  return page === null ? NOT_FOUND : redirect(page + queryOf(request.querystring));
}

/** Return the address of the page that somebody means by /orders, /Orders.html or /orders/, or null. */
function pageNamed(name) {
  const file =
    name
      .toLowerCase()
      .replace(/\/$/, "")
      .replace(/\.html$/, "") + ".html";
  if (file === "index.html") return "/";
  return FILES.includes(file) ? "/" + file : null;
}

/** Return the query as it was sent, because CloudFront decodes neither names nor values. */
function queryOf(parameters) {
  const pairs = [];
  Object.keys(parameters).forEach((name) => {
    const values = parameters[name].multiValue || [parameters[name]];
    values.forEach((one) => pairs.push(name + "=" + one.value));
  });
  return pairs.length > 0 ? "?" + pairs.join("&") : "";
}

/** Return a redirect. The security headers are those of every response. */
function redirect(address) {
  const headers = Object.assign({}, NOT_FOUND.headers, { location: { value: address } });
  return { statusCode: 302, statusDescription: "Found", headers: headers };
}
