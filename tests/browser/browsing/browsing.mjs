// Pages as a browser shows them, and what it says of them meanwhile.
//
//     await browse(async ({ visit }) => {
//       const seen = await visit({ path: '/console', locale: 'nl-BE' });   // a browser of its own: no cookie yet
//       await seen.page.getByLabel('Wachtwoord').fill('...');             // Playwright's own page
//       await seen.looked('sign-in');                                      // axe and a picture, light and dark
//       return { title: await seen.page.title() };                         // what the test is told
//     });
//
// A script takes one argument, a JSON object with `url`, `pictures` (a folder), `chromium`, and what is its own, which
// `browse` hands on as `given`. It prints one JSON object: `told` is what the journey returned; `foreign` lists requests
// to other origins, `violations` what the policy of the page refused, `errors` what the console or a script complained
// of, and `complaints` what axe finds serious.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SERIOUS = ['serious', 'critical'];
// What the browser says of an answer with status 4xx; what the page makes of it is what a journey looks at.
const OF_STATUS = /^Failed to load resource: the server responded with a status of 4\d\d/;
// In milliseconds: nothing here takes long, but machines that run tests are busy.
const PATIENCE = 20_000;

export async function browse(journey) {
  const given = JSON.parse(process.argv[2]);
  const seen = { foreign: [], violations: [], errors: [], complaints: [] };
  const browser = await chromium.launch({ executablePath: given.chromium });
  try {
    const told = await journey({ given, visit: (how) => visit(browser, given, seen, how) });
    process.stdout.write(JSON.stringify({ told, ...seen }));
  } catch (error) {
    await Promise.all(pages(browser).map((it, number) => it.screenshot({ path: join(given.pictures, `failed-${number}.png`) })));
    throw new Error(`${error.message}\n${JSON.stringify(seen, null, 2)}`, { cause: error });
  } finally {
    await browser.close();
  }
}

const pages = (browser) => browser.contexts().flatMap((it) => it.pages());

async function visit(browser, given, seen, { path, locale = 'en-GB', viewport = { width: 1280, height: 800 } }) {
  const context = await browser.newContext({ locale, viewport, reducedMotion: 'reduce' });
  context.setDefaultTimeout(PATIENCE);
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== given.url && !/^(data|blob):/.test(request.url())) {
      seen.foreign.push(request.url());
    }
  });
  const page = await opened(context, given, seen, path);
  return {
    page,
    context,
    another: (its = path) => opened(context, given, seen, its),
    looked: (name) => looked(page, given, seen, name),
  };
}

async function opened(context, given, seen, path) {
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    // What the editor no longer needs it calls off, and nobody hears that (microsoft/monaco-editor#4702).
    if (String(error) !== 'Canceled: Canceled') {
      seen.errors.push(String(error));
    }
  });
  page.on('console', (message) => {
    const said = message.text();
    if (said.includes('Content Security Policy')) {
      seen.violations.push(said);
    } else if (['error', 'warning'].includes(message.type()) && !OF_STATUS.test(said)) {
      seen.errors.push(said);
    }
  });
  await page.goto(new URL(path, given.url).href);
  return page;
}

/** Let axe look at the page, and keep a picture of it, light and dark. */
async function looked(page, given, seen, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(given.pictures, `${name}-${colorScheme}.png`) });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, impact, nodes } of violations.filter((it) => SERIOUS.includes(it.impact))) {
      seen.complaints.push(...nodes.map((it) => `${name} ${colorScheme}: ${impact} ${id} at ${it.target.join(' ')}`));
    }
  }
}
