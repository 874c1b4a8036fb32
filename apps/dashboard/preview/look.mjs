// Looks at every page in a real browser: screenshots at two widths in both languages, axe-core, console, CSP, sideways scrolling.
//   node apps/dashboard/preview/look.mjs BASE_URL OUT_FOLDER [TOKEN]
// Without BASE_URL (or with `preview`) it starts the preview with made-up answers. Exits with 1 when something is wrong.
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { startPreview } from './server.mjs';

const LANGUAGES = ['en', 'zh-CN'];
const WIDTHS = [1280, 390];
const HEIGHT = 900;
const READY_WITHIN_MS = 15_000;
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];

/** Path of an installed Chromium (`CHROMIUM_PATH` first), or null: the caller decides whether that is a skip. */
export function findBrowser() {
  return [process.env.CHROMIUM_PATH, ...BROWSERS].find((path) => path !== undefined && existsSync(path)) ?? null;
}

/**
 * Takes the screenshots and collects what is wrong.
 * @param {{ baseUrl: string, outFolder: string, token?: string, kpiId?: string, browserPath?: string }} options
 *   `kpiId`: the KPI whose page is shown; without it the first one of the overview.
 * @returns {Promise<{ screenshots: string[], problems: string[] }>} An empty `problems` means: nothing found.
 */
export async function look({ baseUrl, outFolder, token, kpiId, browserPath = findBrowser() }) {
  if (browserPath === null) throw new Error('No Chromium found: install it or set CHROMIUM_PATH.');
  mkdirSync(outFolder, { recursive: true });
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const browser = await chromium.launch({ executablePath: browserPath, args: FLAGS });
  const found = { screenshots: [], problems: [] };
  try {
    for (const language of LANGUAGES)
      for (const width of WIDTHS) {
        const context = await browser.newContext({ viewport: { width, height: HEIGHT }, locale: language });
        await lookAtAll(await context.newPage(), { baseUrl, outFolder, token, kpiId, language, width, axe, found });
        await context.close();
      }
  } finally {
    await browser.close();
  }
  return found;
}

async function lookAtAll(page, view) {
  const { baseUrl, token, found, language, width } = view;
  const where = `${language} ${width}px`;
  page.on('console', (message) => {
    if (message.type() === 'error') found.problems.push(`${where} console: ${message.text()} (${page.url()})`);
  });
  page.on('pageerror', (error) => found.problems.push(`${where} script: ${error.message} (${page.url()})`));
  await open(page, `${baseUrl}/sign-in.html?next=/&lang=${language}`);
  await inspect(page, 'sign-in', view);
  if (token !== undefined) {
    await page.fill('#token', token);
    await page.click('button[type=submit]');
    await page.waitForURL((url) => url.pathname === '/', { timeout: READY_WITHIN_MS });
  }
  await open(page, `${baseUrl}/?lang=${language}`);
  await inspect(page, 'overview', view);
  const first = page.locator('.kpi-card h3 a').first();
  const address = view.kpiId === undefined ? await first.getAttribute('href') : `/kpi.html?id=${view.kpiId}`;
  await open(page, `${baseUrl}${address}&lang=${language}`);
  await page.locator('#explain .formula').first().waitFor({ timeout: READY_WITHIN_MS });
  await inspect(page, 'kpi', view);
  const position = /\d+/.exec((await page.textContent('#as-of')) ?? '')?.[0] ?? '1';
  await open(page, `${baseUrl}${address}&lang=${language}&asOf=${position}`);
  await inspect(page, 'kpi-as-of', view);
  await open(page, `${baseUrl}/?lang=${language}&asOf=${position}`);
  await inspect(page, 'overview-as-of', view);
}

async function open(page, address) {
  await page.goto(address, { waitUntil: 'load' });
  await page.locator('main[aria-busy=false]').waitFor({ timeout: READY_WITHIN_MS });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

async function inspect(page, name, { outFolder, language, width, axe, found }) {
  const title = `${name}-${language}-${width}`;
  const file = join(outFolder, `${title}.png`);
  await page.screenshot({ path: file, fullPage: true });
  found.screenshots.push(file);
  const error = await page.evaluate(() => document.querySelector('.notice-error')?.textContent ?? null);
  if (error !== null) found.problems.push(`${title}: the page shows an error: ${error}`);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (sideways > 0) found.problems.push(`${title}: the page scrolls sideways by ${sideways} px`);
  const headings = await page.locator('h1').count();
  if (headings !== 1) found.problems.push(`${title}: ${headings} level-one headings`);
  // Evaluated by the debugger, which the page's CSP does not bind: the policy stays as strict as in production.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  for (const { id, help, nodes } of violations)
    found.problems.push(`${title} axe ${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join('; ')})`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [baseUrl = 'preview', outFolder = 'test-results/pages', token] = process.argv.slice(2);
  const preview = baseUrl === 'preview' ? await startPreview(0) : null;
  try {
    const given = preview === null ? { baseUrl, token } : { baseUrl: preview.url, token: 'tsp_preview' };
    const { screenshots, problems } = await look({ ...given, outFolder });
    for (const problem of problems) console.error(problem);
    console.log(`${screenshots.length} screenshots in ${outFolder}, ${problems.length} problems`);
    process.exitCode = problems.length === 0 ? 0 : 1;
  } finally {
    await preview?.stop();
  }
}
