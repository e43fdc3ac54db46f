// Signs in like a person and lets Lighthouse look at pages in that very tab: the session lives in no other.
// Takes {siteUrl, browser, sandbox, email, password, pages, form} as JSON on standard input; prints JSON.
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
    given.form === "desktop" ? desktopConfig : undefined,
    page,
  );
  if (lhr.runtimeError) throw new Error(`${address}: ${lhr.runtimeError.message}`);
  await page.waitForSelector(READY); // it saw the page, and not the sign-in
  const scores = CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)]);
  return {
    page: address,
    scores: Object.fromEntries(scores),
    lost: CATEGORIES.flatMap((name) => lost(lhr, name)),
  };
}

/** The audits that cost points, worst first. */
function lost(lhr, category) {
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
