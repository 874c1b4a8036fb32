import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../preview/look.mjs';
import { startPreview } from '../preview/server.mjs';

// `npm run test:services` installs the browser and builds first; without either this fails, it does not skip.
const browserPath = findBrowser();
const PROGRESS_EVERY_MS = 250;

describe('the pages in a browser, on made-up answers', () => {
  let preview: Awaited<ReturnType<typeof startPreview>>;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  const open = async (path: string): Promise<void> => {
    await page.goto(preview.url + path);
    await page.locator('main[aria-busy=false]').waitFor();
  };
  const signIn = async (): Promise<void> => {
    await context.addCookies([{ name: 'tallystick_preview', value: '1', url: preview.url }]);
  };

  beforeAll(async () => {
    preview = await startPreview(0, PROGRESS_EVERY_MS);
    const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath: browserPath ?? '', args });
    context = await browser.newContext({ locale: 'en' });
    page = await context.newPage();
  });

  afterAll(async () => {
    await browser.close();
    await preview.stop();
  });

  it('send a visitor without a session to sign in and back to where they were', async () => {
    await page.goto(`${preview.url}/kpi.html?id=pm25-mean`);
    await page.waitForURL(/sign-in\.html\?next=/);
    await page.fill('#token', 'nonsense');
    await page.keyboard.press('Enter');
    await page.getByText('This token is not known.').waitFor();
    await page.fill('#token', 'tsp_preview');
    await page.keyboard.press('Enter');
    await page.waitForURL(/kpi\.html\?id=pm25-mean/);
  });

  it('show the first administrator the token once and open the session', async () => {
    await context.clearCookies();
    await open('/sign-in.html?next=https://elsewhere.example/');
    await page.fill('#token', 'tsb_preview');
    await page.keyboard.press('Enter');
    await page.locator('#admin-token').waitFor();
    expect(await page.inputValue('#admin-token')).toBe('tsp_preview_shown_once');
    // An address outside this site is not followed.
    expect(await page.getAttribute('a.button', 'href')).toBe('/');
  });

  it('follow the log without taking the focus away', async () => {
    await signIn();
    await open('/kpi.html?id=pm25-mean');
    await page.focus('#explain-period');
    const before = await page.textContent('#as-of');
    await page.waitForFunction((text) => document.querySelector('#as-of')?.textContent !== text, before);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('explain-period');
  });

  it('show an earlier moment with a banner, and refuse what is no moment', async () => {
    await signIn();
    await open('/kpi.html?id=pm25-mean');
    await page.click('.as-of summary');
    await page.fill('#as-of-input', 'yesterday');
    await page.keyboard.press('Enter');
    expect(await page.textContent('#as-of-error')).toContain('Write a log position');
    await page.fill('#as-of-input', '2764');
    await page.keyboard.press('Enter');
    await page.locator('.as-of-banner').waitFor();
    expect(await page.textContent('.as-of-banner')).toContain('position 2764');
  });

  it('show the overview of an earlier moment, lead on in it, and come back with the back button', async () => {
    await signIn();
    await open('/?lang=en');
    await page.selectOption('#unit-filter', 'environment');
    await page.click('.as-of summary');
    await page.fill('#as-of-input', 'yesterday');
    await page.keyboard.press('Enter');
    expect(await page.textContent('#as-of-error')).toContain('Write a log position');
    await page.fill('#as-of-input', '2764');
    await page.keyboard.press('Enter');
    await page.locator('.as-of-banner').waitFor();
    expect(await page.textContent('.as-of-banner')).toContain('position 2764');
    expect(new URL(page.url()).search).toBe('?unit=environment&asOf=2764');
    expect(await page.locator('.unit').count()).toBe(1);
    const chinese = await page.getAttribute('#languages a[lang=zh-CN]', 'href');
    expect(chinese).toBe('/?unit=environment&asOf=2764&lang=zh-CN');
    const asked = page.waitForRequest(/v1\/kpis\/pm25-mean\?asOf=2764/);
    await page.click('.kpi-card a[href*=pm25-mean]');
    await asked;
    await page.locator('.page-kpi .as-of-banner').waitFor();
    await page.click('.crumbs a');
    await page.locator('.page-index .as-of-banner').waitFor();
    expect(new URL(page.url()).search).toBe('?unit=environment&asOf=2764');
    for (let steps = 0; steps < 3; steps += 1) await page.goBack();
    await page.locator('main[aria-busy=false] .unit').waitFor();
    expect(new URL(page.url()).search).toMatch(/unit=environment$/);
    expect(await page.locator('.as-of-banner').count()).toBe(0);
    expect(await page.inputValue('#unit-filter')).toBe('environment');
    await page.goForward();
    await page.locator('.as-of-banner').waitFor();
    await page.selectOption('#unit-filter', 'health');
    await page.click('.as-of-banner a');
    await page.waitForURL(/\?unit=health$/);
  });

  it.each([
    [
      'en',
      'Proposed method changes, not yet approved',
      'Weight in the unit: 25 → 30',
      'Effective 1\u00a0Jan\u00a02027',
    ],
    ['zh-CN', '待批准的方法变更', '在单位中的权重：25 → 30', '自 2027年1月1日 起生效'],
  ])('show method changes that wait for approval, in %s', async (language, title, change, effective) => {
    await signIn();
    await open(`/kpi.html?id=pm25-mean&lang=${language}`);
    const text = await page.textContent('#open-method-changes');
    for (const part of [title, change, effective, 'zhao.min', 'A mean hides the worst stations'])
      expect(text).toContain(part);
    await open(`/kpi.html?id=bus-punctuality&lang=${language}`);
    expect(await page.locator('#open-method-changes').count()).toBe(0);
    await page.evaluate(() => window.localStorage.clear());
  });

  it('say in words what went wrong', async () => {
    await signIn();
    await open('/kpi.html?id=nobody');
    expect(await page.textContent('[role=alert]')).toContain('There is no KPI “nobody”');
    await open('/kpi.html?id=nobody&lang=zh-CN');
    expect(await page.textContent('[role=alert]')).toContain('没有指标“nobody”');
    await page.evaluate(() => window.localStorage.clear());
  });

  it('say that the server cannot be reached', async () => {
    await signIn();
    await page.route('**/v1/**', (route) => route.abort());
    await open('/kpi.html?id=pm25-mean&lang=en');
    expect(await page.textContent('[role=alert]')).toContain('cannot be reached');
    await page.unroute('**/v1/**');
    await page.evaluate(() => window.localStorage.clear());
  });

  it('show drafts and retired KPIs without a status, and times in the zone of the organisation', async () => {
    await signIn();
    await open('/?unit=health');
    for (const [name, word] of [
      ['vaccination', 'Draft'],
      ['call-answering', 'Retired'],
    ]) {
      const card = page.locator('.kpi-card', { has: page.locator(`a[href*=${name}]`) });
      expect([await card.locator('.status').count(), await card.locator('.lifecycle').textContent()]).toEqual([
        0,
        word,
      ]);
    }
    const single = page.locator('.kpi-card', { has: page.locator('a[href*=bed-hours]') });
    expect(await single.locator('.sparkline-text').textContent()).toContain('h');
    expect(await page.textContent('#time-zone')).toBe('Times are those of Asia/Shanghai');
    expect(await page.textContent('#as-of')).toContain('18:15 GMT+8');
  });

  it('can be skipped through, filtered and left by keyboard', async () => {
    await signIn();
    await open('/?lang=zh-CN');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    await page.selectOption('#unit-filter', 'health');
    expect(await page.locator('.kpi-card').count()).toBe(4);
    await page.focus('#person button');
    await page.keyboard.press('Enter');
    await page.waitForURL(/signed-out/);
    await page.getByText('您已退出。').waitFor();
  });
});
