// What a client sees in the portal while others work, as tests/browser/test_portal_live.py asks for it.
import { connect } from 'node:net';
import { once } from 'node:events';
import { browse } from './browsing.mjs';

const RIGHTS = 'mutation ($input: SetDocumentRightsInput!) { done: setDocumentRights(input: $input) { userErrors { code } } }';
const UPLOAD = 'mutation ($input: UploadDocumentInput!) { done: uploadDocument(input: $input) { userErrors { code } } }';
const UPDATE = 'mutation ($input: UpdateDocumentInput!) { done: updateDocument(input: $input) { userErrors { code } } }';

// The list has 25 on a page, and two on the next.
const MANY = 26;

/** Somebody does something by the API; a `file` goes along in parts. */
async function does({ server }, token, query, input, file) {
  const asked = JSON.stringify({ query, variables: { input } });
  const kind = file ? {} : { 'Content-Type': 'application/json' };
  const answer = await fetch(`${server}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, ...kind },
    body: file ? inParts(asked, file) : asked,
  });
  const { data, errors } = await answer.json();
  if (errors || data.done.userErrors.length) {
    throw new Error(JSON.stringify({ errors, data }));
  }
}

function inParts(operations, file) {
  const parts = new FormData();
  parts.set('operations', operations);
  parts.set('map', JSON.stringify({ file: ['variables.input.file'] }));
  parts.set('file', new Blob([file]), 'note.txt');
  return parts;
}

async function shows(page, said) {
  await page.locator('.documents .what strong').filter({ hasText: said }).waitFor();
  await page.getByRole('button', { name: 'Toon documenten (1)' }).waitFor();
}

async function showsNothing(page) {
  await page.getByText('Hier komen de documenten die uw kantoor met u deelt.').waitFor();
  await page.getByRole('button', { name: 'Toon documenten (0)' }).waitFor();
}

async function showsAll(page, count) {
  await page.getByRole('button', { name: `Toon documenten (${count})` }).waitFor();
  await page.waitForFunction((it) => document.querySelectorAll('.documents .what').length === it, count);
}

/** Do something while the line between browser and server is cut. */
async function whileCut({ switchPort }, work) {
  const held = connect(switchPort, '127.0.0.1');
  await once(held, 'data');
  await work();
  held.end();
}

await browse(async ({ given, visit }) => {
  const { username, password, documentId, principalId, description } = given;
  const share = (...rights) => does(given, given.staff, RIGHTS, { documentId, principalId, rights });
  const { page, context } = await visit({ path: '/?licence=de-linde', locale: 'nl-BE' });
  const listening = () => page.waitForResponse((it) => it.url().endsWith('/graphql/stream') && it.ok());
  const listens = listening();
  await page.getByRole('textbox', { name: 'Gebruikersnaam' }).fill(username);
  await page.getByRole('textbox', { name: 'Paswoord' }).fill(password);
  await page.getByRole('button', { name: 'Aanmelden' }).click();
  await listens;
  await showsNothing(page);
  // Whatever is loaded anew forgets this.
  await page.evaluate(() => { globalThis.isTheSame = true; });
  await share('READ');
  await shows(page, description);
  await does(given, given.staff, UPDATE, { documentId, description: 'Verkoopovereenkomst, getekend' });
  await shows(page, 'Verkoopovereenkomst, getekend');
  // It is taken away while it is looked at.
  await page.getByRole('button', { name: /^Bekijken/ }).click();
  await page.getByRole('dialog').getByText('contract.txt').waitFor();
  await share();
  await showsNothing(page);
  const dialogs = await page.getByRole('dialog').count();
  // In a tunnel, which the browser tells the page of a moment later.
  await context.setOffline(true);
  await page.waitForFunction(() => !navigator.onLine);
  await share('READ');
  const listensAgain = listening();
  await context.setOffline(false);
  await listensAgain;
  await shows(page, 'Verkoopovereenkomst, getekend');
  for (let number = 1; number <= MANY; number += 1) {
    await does(given, given.client, UPLOAD, { description: `Nota ${number}`, file: null }, `Nota ${number}.`);
  }
  await page.getByRole('button', { name: 'Toon meer documenten' }).click();
  await showsAll(page, MANY + 1);
  const listensOnceMore = listening();
  await whileCut(given, () => share());
  await listensOnceMore;
  await showsAll(page, MANY);
  return { dialogs, isTheSame: await page.evaluate(() => globalThis.isTheSame) };
});
