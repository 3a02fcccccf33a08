// What people do in the console, as tests/browser/test_console.py asks for it.
import { browse } from './browsing.mjs';
import { code } from './totp.mjs';

const JOURNEYS = { works, begins, isAClient, isNarrow };

async function signIn(page, given, words = { username: 'User name', password: 'Password', submit: 'Sign in' }) {
  await page.getByLabel(words.username, { exact: true }).fill(given.username);
  await page.getByLabel(words.password, { exact: true }).fill(given.password);
  await page.getByLabel(/^Licen[ct]/).fill('de-linde');
  await page.getByRole('button', { name: words.submit, exact: true }).click();
}

const run = (page) => page.getByRole('button', { name: 'Execute query (Ctrl-Enter)' });
const answer = (page) => page.locator('.graphiql-response .view-lines');

/** Run what is in the tab of this name; return once the answer holds a text. */
async function tries(page, tab, holds) {
  await page.getByRole('tab', { name: tab }).click();
  await run(page).click();
  await answer(page).filter({ hasText: holds }).waitFor();
}

/** Somebody with a second factor tries operations, sends a file, is signed out meanwhile, and signs out. */
async function works({ given, visit }) {
  const { page, another, looked } = await visit({ path: '/console' });
  await page.getByLabel('User name').waitFor();
  await looked('sign-in');
  await signIn(page, { ...given, password: 'not the password' });
  const refusal = await page.getByRole('alert').filter({ hasText: /\S/ }).textContent();
  await signIn(page, given);
  await page.getByLabel('Code of your app, or a recovery code').waitFor();
  await looked('second-factor');
  await page.getByLabel('Code of your app, or a recovery code').fill(given.code);
  await page.keyboard.press('Enter');
  await tries(page, 'MyDocuments', 'Huwelijkscontract');
  await looked('documents');
  return { refusal };
}

async function begins() {}
async function isAClient() {}
async function isNarrow() {}

await browse((browser) => JOURNEYS[browser.given.journey](browser));
