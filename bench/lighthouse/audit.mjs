// Signs in as a user does and audits pages with Lighthouse in the same tab, because no other tab has the session.
// Takes {siteUrl, browser, sandbox, email, password, pages, device} as JSON on standard input; prints JSON.
import lighthouse, { desktopConfig } from "lighthouse";
import { launch } from "puppeteer-core";

const CATEGORIES = ["performance", "accessibility", "best-practices"];
const READY = "#account:not([hidden])";
const given = JSON.parse(await new Response(process.stdin).text());

async function signIn(page) {
  await page.goto(given.siteUrl, { waitUntil: "networkidle0" });
  await page.type("input[name=username]", given.email);
  await page.type("input[name=password]", given.password);
  await Promise.all([page.waitForNavigation(), page.click("[type=submit]")]);
  await page.waitForSelector(READY);
}

async function audit(page, address) {
  const flags = { onlyCategories: CATEGORIES, disableStorageReset: true, logLevel: "error" };
  const { lhr } = await lighthouse(
    given.siteUrl + address,
    flags,
    given.device === "desktop" ? desktopConfig : undefined,
    page,
  );
  if (lhr.runtimeError) throw new Error(`${address}: ${lhr.runtimeError.message}`);
  await page.waitForSelector(READY); // Lighthouse saw the signed-in page, not the sign-in
  const scores = CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)]);
  return {
    page: address,
    scores: Object.fromEntries(scores),
    failed: CATEGORIES.flatMap((name) => failedAudits(lhr, name)),
  };
}

/** Returns the audits of a category that cost points. */
function failedAudits(lhr, category) {
  return lhr.categories[category].auditRefs
    .filter(({ id, weight }) => weight && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
    .map(({ id }) => `${id}: ${lhr.audits[id].displayValue ?? lhr.audits[id].title}`);
}

const args = given.sandbox ? [] : ["--no-sandbox"];
const browser = await launch({ executablePath: given.browser, args, headless: true });
try {
  const page = (await browser.pages())[0];
  await signIn(page);
  const reports = [];
  for (const address of given.pages) reports.push(await audit(page, address));
  console.log(JSON.stringify(reports));
} finally {
  await browser.close();
}
