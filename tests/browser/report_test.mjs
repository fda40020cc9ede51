// The report as a reader meets it, in headless Chromium.
//
// usage: node report_test.mjs [--shots FOLDER]; the environment variable DROPSCOPE is the program.
//
// For a page of one computer, of an office and of a fleet, in both languages: axe-core finds nothing serious, light
// or dark, on a telephone and on a laptop; the page is never wider than the window, up to a large screen;
// nothing is asked of the network and nothing is written to the console; everything that opens or scrolls is reached
// with the Tab key; printed, no table is cut. Exit code 77: skipped, for what is said.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

let chromium, axe;
try {
  ({ chromium } = require('playwright-core'));
  axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
} catch {
  skip('axe-core and playwright-core are not installed; run: npm ci --prefix tests/browser');
}
const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (!browserPath) skip('no Chromium in /usr/bin');
const program = process.env.DROPSCOPE;
if (!program) throw new Error('set DROPSCOPE to the path of the program');
const shots = process.argv.includes('--shots') ? process.argv[process.argv.indexOf('--shots') + 1] : null;
if (shots) mkdirSync(shots, { recursive: true });

const work = mkdtempSync(join(tmpdir(), 'dropscope-browser-'));
const failures = [];
const expect = (holds, what) => {
  if (!holds) failures.push(what);
};

/// Widths of a small telephone, a laptop and a large screen, in CSS pixels.
const WIDTHS = [360, 1280, 1920];

function makeReports() {
  const scenarios = join(here, '..', 'scenarios');
  // More computers than are drawn one by one.
  const fleet = readFileSync(join(scenarios, 'fleet-mixed.toml'), 'utf8').replace('computers = 30', 'computers = 60');
  writeFileSync(join(work, 'fleet.toml'), fleet);
  const cases = [
    ['one', join(scenarios, 'idle-60min.toml'), 'en'],
    ['damaged', join(scenarios, 'damaged.toml'), 'en'],
    ['office', join(scenarios, 'fleet-mixed.toml'), 'de'],
    ['fleet', join(work, 'fleet.toml'), 'en'],
  ];
  return cases.map(([name, scenario, language]) => {
    execFileSync(program, ['simulate', scenario, '--output', join(work, name), '--quiet']);
    const report = join(work, `${name}.html`);
    try {
      execFileSync(program,
        ['diagnose', join(work, name, 'evidence'), '--language', language, '--report', report, '--quiet'],
        { stdio: 'ignore' });
    } catch {
      // Damaged evidence ends with an exit code of its own; the report is there.
    }
    return { name, language, report };
  });
}

async function readAsVisitor(browser, { name, language, report }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const requests = [];
  page.on('request', (r) => { if (!r.url().startsWith('data:')) requests.push(r.url()); });
  page.on('console', (m) => failures.push(`${name}: console: ${m.text()}`));
  page.on('pageerror', (e) => failures.push(`${name}: error: ${e.message}`));
  await page.goto(pathToFileURL(report).href);
  expect(requests.length === 1, `${name}: asked for more than itself: ${requests.slice(1)}`);
  expect(await page.getAttribute('html', 'lang') === language, `${name}: lang is not ${language}`);

  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide <= 0, `${name}: ${wide} px wider than a window of ${width}`);
    if (shots) await page.screenshot({ path: join(shots, `${name}-${width}.png`), fullPage: true });
  }

  // Every box that scrolls and every heading that opens, in the order of the page.
  await page.setViewportSize({ width: 1280, height: 900 });
  const stops = 'summary, .scroll, a[href]';
  const all = await page.evaluate((s) => [...document.querySelectorAll(s)].filter((e) => e.checkVisibility()).length, stops);
  const reached = new Set();
  for (let i = 0; i < all + 60 && reached.size < all; ++i) {
    await page.keyboard.press('Tab');
    const index = await page.evaluate((s) => [...document.querySelectorAll(s)].indexOf(document.activeElement), stops);
    if (index >= 0) reached.add(index);
  }
  expect(reached.size === all, `${name}: the Tab key reaches ${reached.size} of ${all}`);

  await page.emulateMedia({ media: 'print' });
  // A4 less the margins of the style sheet, at 96 pixels an inch.
  await page.setViewportSize({ width: 688, height: 1000 });
  await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
  const cut = await page.evaluate(() => [...document.querySelectorAll('table')]
    .filter((t) => t.checkVisibility() && t.getBoundingClientRect().right > window.innerWidth + 1)
    .map((t) => `${t.className || t.parentElement.getAttribute('aria-label')} (${Math.round(t.getBoundingClientRect().right)} px)`));
  expect(cut.length === 0, `${name}: cut when printed: ${cut}`);
  if (shots) await page.pdf({ path: join(shots, `${name}.pdf`), preferCSSPageSize: true, format: 'A4', printBackground: true });
  await context.close();
}

async function checkAccessibility(browser, { name, report }) {
  for (const colorScheme of ['light', 'dark']) {
    // The policy of the page forbids every script, that of the checker too.
    const context = await browser.newContext({ colorScheme, bypassCSP: true });
    const page = await context.newPage();
    await page.goto(pathToFileURL(report).href);
    await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
    await page.addScriptTag({ content: axe });
    // The large screen has the layout of the laptop, and the dark colours the layout of the light ones.
    for (const width of colorScheme === 'light' ? WIDTHS.slice(0, 2) : [WIDTHS[1]]) {
      await page.setViewportSize({ width, height: 900 });
      const found = await page.evaluate(() => window.axe.run());
      for (const v of found.violations) {
        const where = v.nodes.slice(0, 3).map((n) => `${n.target} ${n.any[0]?.message ?? ''}`).join('; ');
        const line = `${name}, ${colorScheme}, ${width} px: ${v.impact}: ${v.id}: ${where}`;
        if (['serious', 'critical'].includes(v.impact)) failures.push(line);
        else console.log(`note: ${line}`);
      }
      if (shots && colorScheme === 'dark' && width === 1280) {
        await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = false; }));
        await page.screenshot({ path: join(shots, `${name}-dark.png`), fullPage: true });
        await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
      }
    }
    await context.close();
  }
}

const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
try {
  for (const report of makeReports()) {
    await readAsVisitor(browser, report);
    await checkAccessibility(browser, report);
  }
} finally {
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}
for (const failure of failures) console.log(`FAIL: ${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
