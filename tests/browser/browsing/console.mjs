// What people do in the console, as tests/browser/test_console.py asks for it.
import { browse } from './browsing.mjs';
import { code } from './totp.mjs';

const ENGLISH = { username: 'User name', password: 'Password', licence: 'Licence', signIn: 'Sign in' };
const DUTCH = { username: 'Gebruikersnaam', password: 'Wachtwoord', licence: 'Licentie', signIn: 'Aanmelden' };
const NOTE = { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear Anna') };
const OF_APP = 'Code of your app, or a recovery code';

async function signIn(page, { username, password, licence }, words = ENGLISH) {
  await page.getByLabel(words.username, { exact: true }).fill(username);
  await page.getByLabel(words.password, { exact: true }).fill(password);
  await page.getByLabel(words.licence, { exact: true }).fill(licence);
  await page.getByRole('button', { name: words.signIn, exact: true }).click();
}

const refusal = (page) => page.getByRole('alert').filter({ hasText: /\S/ }).textContent();
const tab = (page, name) => page.getByRole('button', { name, exact: true });
const run = (page) => page.getByRole('button', { name: /^Execute query/ });
const answered = (page, text) => page.locator('.graphiql-response .view-lines').filter({ hasText: text }).waitFor();

/** The first operation stands in its editor: what is clicked before that does nothing. */
async function begun(page) {
  await tab(page, 'MyDocuments').waitFor();
  await page.locator('.graphiql-query-editor .view-lines').filter({ hasText: 'MyDocuments' }).waitFor();
}

/** Put an operation in place of the one that is shown. */
async function write(page, operation) {
  await page.locator('.graphiql-query-editor .view-lines').first().click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(operation);
}

/** Somebody with a second factor asks, reads the schema, sends a file; is signed out meanwhile, and signs out. */
async function works({ given, visit }) {
  const { page, context, another, looked } = await visit({ path: '/console' });
  await page.getByLabel('User name').waitFor();
  await looked('sign-in');
  await signIn(page, { ...given, password: 'not the password' });
  const refused = await refusal(page);
  await signIn(page, given);
  await page.getByLabel(OF_APP).waitFor();
  await looked('second-factor');
  await page.getByLabel(OF_APP).fill(code(given.secret, given.now));
  await page.keyboard.press('Enter');

  await begun(page);
  await run(page).click();
  await answered(page, 'Huwelijkscontract');
  await looked('documents');
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.getByRole('link', { name: 'Mutation', exact: true }).click();
  await page.getByText('What can be done. One field is one transaction.').waitFor();
  await looked('documentation');
  await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();

  await tab(page, 'Upload').click();
  await page.getByLabel('File for input.file').setInputFiles(NOTE);
  await run(page).click();
  await answered(page, 'note.txt');
  await looked('upload');

  await tab(page, 'MyDocuments').click();
  await write(page, 'query Kept { viewer { email } documents { totalCount } }');
  await tab(page, 'Kept').waitFor();
  await signOutElsewhere(another);
  await run(page).click();
  await page.getByText(/^Your session has ended/).waitFor();
  await signIn(page, given);
  await page.getByLabel(OF_APP).fill(code(given.secret, given.now + 30));
  await page.keyboard.press('Enter');
  await tab(page, 'Kept').waitFor();
  await run(page).click();
  await answered(page, given.username);

  await page.locator('.graphiql-query-editor .view-lines').first().click();
  await page.keyboard.type('# What is typed last');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('User name').waitFor();
  // GraphiQL keeps what is typed half a second later.
  await page.waitForTimeout(1_000);
  const kept = await page.evaluate(() => [...Object.keys(sessionStorage), ...Object.keys(localStorage)]);
  return { refused, kept, cookies: (await context.cookies()).length };
}

async function signOutElsewhere(another) {
  const page = await another();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('User name').waitFor();
  await page.close();
}

/** Somebody comes with the password that was mailed, to a firm that demands a second factor. */
async function begins({ given, visit }) {
  const { page, looked } = await visit({ path: '/console' });
  await signIn(page, given);
  await page.getByLabel('New password').fill(given.own);
  await page.getByLabel('The same once more').fill('something else altogether');
  await page.getByRole('button', { name: 'Go on' }).click();
  const refused = await refusal(page);
  await looked('own-password');
  await page.getByLabel('The same once more').fill(given.own);
  await page.getByRole('button', { name: 'Go on' }).click();

  await page.getByText(/^Your office asks for a second factor/).waitFor();
  await page.getByLabel('Password', { exact: true }).fill(given.own);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  await looked('enrolment');
  const secret = await page.locator('form code').textContent();
  await page.getByLabel('Code that the app shows').fill(code(secret, given.now));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
  await looked('recovery-codes');
  const recoveryCodes = await page.getByRole('listitem').count();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await tab(page, 'MyDocuments').waitFor();
  return { refused, recoveryCodes };
}

/** Add a passkey of an authenticator within the browser to the account that is signed in. */
async function addPasskey(page, context, password) {
  const session = await context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  const is = { protocol: 'ctap2', transport: 'internal', isUserVerified: true, automaticPresenceSimulation: true };
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...is, hasResidentKey: true, hasUserVerification: true },
  });
  await page.evaluate(async (typed) => {
    const ask = async (query, input) => {
      const headers = { 'Content-Type': 'application/json', 'X-Kluis-Request': '1' };
      const body = JSON.stringify({ query, variables: { input } });
      return (await (await fetch('/graphql', { method: 'POST', headers, body })).json()).data.it;
    };
    const { challenge, options } = await ask(
      'mutation ($input: StartPasskeyEnrolmentInput!) { it: startPasskeyEnrolment(input: $input) { challenge options } }',
      { password: typed },
    );
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options));
    const credential = JSON.stringify(await navigator.credentials.create({ publicKey }));
    await ask(
      'mutation ($input: ConfirmPasskeyEnrolmentInput!) { it: confirmPasskeyEnrolment(input: $input) { passkey { id } } }',
      { challenge, credential, name: 'Of the browser' },
    );
  }, password);
}

/** A client comes in a narrow window, reads Dutch and chooses French; a member of the staff comes after him, twice. */
async function meets({ given, visit }) {
  const { page, context, looked } = await visit({ path: '/console', locale: 'nl-BE', viewport: { width: 390, height: 800 } });
  await signIn(page, { ...given, password: 'niet het wachtwoord' }, DUTCH);
  const refused = await refusal(page);
  await signIn(page, given, DUTCH);
  await page.getByRole('heading', { name: /^De console is voor/ }).waitFor();
  const language = await page.evaluate(() => document.documentElement.lang);
  await page.getByLabel('Taal').selectOption('fr');
  await page.getByRole('heading', { name: /^La console est réservée/ }).waitFor();
  await looked('client-narrow');
  await page.reload();
  await page.getByRole('button', { name: 'Se déconnecter' }).click();
  await page.getByLabel('Langue').selectOption('en');
  await signIn(page, { ...given, username: given.staff });
  await begun(page);
  await run(page).click();
  await answered(page, 'Huwelijkscontract');
  await looked('documents-narrow');
  await addPasskey(page, context, given.password);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(page, { ...given, username: given.staff });
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await run(page).waitFor();
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  return { refused, language, isTooWide };
}

await browse((browser) => ({ works, begins, meets })[browser.given.journey](browser));
