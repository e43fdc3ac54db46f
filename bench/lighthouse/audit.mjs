// Signs in as a user does and audits pages with Lighthouse in the same tab, because no other tab has the session.
// Takes {siteUrl, browser, sandbox, email, password, pages, runs, device} as JSON on standard input; prints JSON.
// Each page is {page, url, ready, categories}: its name, its address, a selector of what it shows when it is ready, and what is scored.
import lighthouse, { defaultConfig, desktopConfig } from "lighthouse";
import { pageFunctions } from "lighthouse/core/lib/page-functions.js";
import { launch } from "puppeteer-core";

const SIGNED_IN = "#account:not([hidden])";
const METRICS = [
  "first-contentful-paint",
  "speed-index",
  "largest-contentful-paint",
  "total-blocking-time",
  "cumulative-layout-shift",
];
const INDEX_RUNS = 3; // of the measurement of this machine
// The index of a fast desktop computer, for which Lighthouse slows the processor down by 4 to simulate a phone:
// https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md#cpu-throttling
const FAST_INDEX = 1750;
const PHONE_SLOWDOWN = 4;
const given = JSON.parse(await new Response(process.stdin).text());

async function signIn(page) {
  await page.goto(given.siteUrl, { waitUntil: "networkidle0" });
  await page.type("input[name=username]", given.email);
  await page.type("input[name=password]", given.password);
  await Promise.all([page.waitForNavigation(), page.click("[type=submit]")]);
  await page.waitForSelector(SIGNED_IN);
}

/** How much slower than this machine the phone is. A slow machine would otherwise simulate a slower phone. */
async function slowdown(page) {
  const indexes = [];
  for (let run = 0; run < INDEX_RUNS; run++)
    indexes.push(await page.evaluate(pageFunctions.computeBenchmarkIndex));
  return Math.max(1, (PHONE_SLOWDOWN * median(indexes, (index) => index)) / FAST_INDEX);
}

const median = (found, by) => found.toSorted((a, b) => by(a) - by(b))[Math.floor(found.length / 2)];

async function audit(tab, page, config) {
  const found = [];
  for (let run = 0; run < given.runs; run++) found.push(await auditOnce(tab, page, config));
  return median(found, ({ scores }) => Object.values(scores).reduce((a, b) => a + b));
}

async function auditOnce(tab, { page, url, ready, categories }, config) {
  const flags = { onlyCategories: categories, disableStorageReset: true, logLevel: "error" };
  const { lhr } = await lighthouse(url, flags, config, tab);
  if (lhr.runtimeError) throw new Error(`${page}: ${lhr.runtimeError.message}`);
  await tab.waitForSelector(ready); // Lighthouse saw the page itself, not the sign-in
  const scores = categories.map((name) => [name, Math.round(lhr.categories[name].score * 100)]);
  return {
    page,
    scores: Object.fromEntries(scores),
    failed: categories.flatMap((name) => failedAudits(lhr, name)),
    metrics: METRICS.map((id) => metric(lhr.audits[id])),
    usable: lhr.audits.interactive.numericValue / 1000,
    longTasks: items(lhr, "long-tasks"),
    scripts: items(lhr, "bootup-time"),
    work: items(lhr, "mainthread-work-breakdown"),
  };
}

const metric = ({ title, displayValue, score }) => ({ title, shown: displayValue, score });

/** Returns the rows of a diagnosis, of which there are none if it found nothing. */
const items = ({ audits }, id) => audits[id].details?.items ?? [];

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
  const cpuSlowdownMultiplier = given.device === "desktop" ? 1 : await slowdown(page);
  const config = structuredClone(given.device === "desktop" ? desktopConfig : defaultConfig);
  config.settings = {
    ...config.settings,
    throttling: { ...config.settings?.throttling, cpuSlowdownMultiplier },
  };
  const reports = [];
  for (const one of given.pages) reports.push(await audit(page, one, config));
  console.log(JSON.stringify({ slowdown: cpuSlowdownMultiplier, reports }));
} finally {
  await browser.close();
}
