// What a client does in the portal, screen by screen of the manual, as tests/browser/test_portal.py asks for it.
import { join } from 'node:path';
import { browse } from './browsing.mjs';
import { code } from './totp.mjs';

const OWN = 'zeilboot kever mist';
// In seconds: a code works once, and the next one counts already.
const STEP = 30;
// In bytes: so large, and in bytes a second so slowly, that it is seen on its way.
const LARGE = 1_200_000;
const SLOW = 1_500_000;

const button = (page, name) => page.getByRole('button', { name, exact: true });
const text = (page, name) => page.getByRole('textbox', { name, exact: true });
const heading = (page, name) => page.getByRole('heading', { name });
const now = () => Date.now() / 1000;

/** The descriptions in the list, once there are so many. */
async function listed(page, count) {
  await page.waitForFunction((it) => document.querySelectorAll('.documents .what').length === it, count);
  return page.locator('.documents .what strong').allTextContents();
}

/** A picture of a screen that is made of what axe has seen on others. */
async function pictured(page, { pictures }, name) {
  await page.screenshot({ path: join(pictures, `portal-${name}.png`) });
}

async function entersDutch(page, { username, password }) {
  await text(page, 'Gebruikersnaam').fill(username);
  await text(page, 'Paswoord').fill(password);
  await button(page, 'Aanmelden').click();
}

/** The first time: the password of the letter, and one of his own in its place. */
async function beginsWithTheLetter({ page, looked }, given) {
  const { username, password } = given;
  await looked('portal-sign-in');
  await entersDutch(page, { username, password: 'not the password' });
  const refusal = await page.getByRole('alert').filter({ hasText: /\S/ }).textContent();
  // There are two firms, and nobody has said yet which one is meant.
  await button(page, 'Ik heb een code van mijn kantoor').click();
  await text(page, 'Kantoor').fill('demo');
  await entersDutch(page, { username, password });
  await text(page, 'Nieuw paswoord').fill(OWN);
  await text(page, 'Bevestig nieuw paswoord').fill(`${OWN}s`);
  await button(page, 'Verder').click();
  const differs = await page.locator('.wrong').textContent();
  await pictured(page, given, 'first-password');
  await text(page, 'Bevestig nieuw paswoord').fill(OWN);
  await button(page, 'Verder').click();
  await heading(page, 'Documenten').waitFor();
  return { refusal, differs };
}

/** The list and its filter, whose button tells how many documents it would show. */
async function filters({ page, looked }) {
  await button(page, 'Toon documenten (9)').waitFor();
  await listed(page, 9);
  await page.locator('.thumbnail img').nth(7).waitFor();
  await page.locator('.thumbnail img').evaluateAll((all) => Promise.all(all.map((it) => it.decode())));
  await looked('portal-documents');
  const dates = await page.locator('.documents time').evaluateAll((all) => all.map((it) => it.dateTime));
  await page.getByLabel('Categorie', { exact: true }).selectOption({ label: 'Zonder categorie' });
  await button(page, 'Toon documenten (1)').click();
  const uncategorised = await listed(page, 1);
  await button(page, 'Wis filter').click();
  await listed(page, 9);
  await page.getByLabel('Waar de omschrijving bevat').fill('WONING');
  await button(page, 'Toon documenten (2)').waitFor();
  await page.getByLabel('Gewijzigd tot en met').fill(dates[6].slice(0, 10));
  await button(page, 'Toon documenten (1)').click();
  const older = await listed(page, 1);
  await page.getByLabel('Waar de omschrijving bevat').fill('nothing like it');
  await button(page, 'Toon documenten (0)').click();
  await page.getByText('Geen enkel document past bij deze filter.').waitFor();
  await button(page, 'Wis filter').click();
  const sorted = dates.toSorted().reverse();
  return { uncategorised, older, isNewestFirst: sorted.join() === dates.join() };
}

/** View, open and download: three things (S062). */
async function opens({ page, context, looked }) {
  await button(page, 'Bekijken: Chateau Frankrijk').click();
  const picture = page.getByRole('img', { name: 'Eerste bladzijde van Chateau Frankrijk' });
  await picture.waitFor();
  await picture.evaluate((it) => it.decode());
  await looked('portal-view');
  const [response] = await Promise.all([
    context.waitForEvent('response', (it) => it.url().includes('/content/')),
    page.getByRole('dialog').getByRole('button', { name: 'Openen' }).click(),
  ]);
  const tab = context.pages().at(-1);
  const opened = [response.status(), (await response.allHeaders())['content-disposition'].split(';')[0], context.pages().length];
  await tab.close();
  await button(page, 'Sluiten').click();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    button(page, 'Downloaden: Zorgverklaring Carla').click(),
  ]);
  return { opened, saved: saved.suggestedFilename() };
}

/** A document of his own, whose progress is seen, and which is at the top of the list at once. */
async function uploads({ page, context, looked }, given) {
  await page.getByRole('link', { name: 'Een document opladen' }).click();
  await heading(page, 'Een document opladen').waitFor();
  await looked('portal-upload');
  const buffer = Buffer.alloc(LARGE, 'Notulen van de algemene vergadering.\n');
  await page.locator('input[type=file]').setInputFiles({ name: 'notulen_2026.txt', mimeType: 'text/plain', buffer });
  const proposed = await text(page, 'Omschrijving').inputValue();
  await text(page, 'Omschrijving').fill('Notulen algemene vergadering');
  await pictured(page, given, 'describe');
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: SLOW };
  await wire.send('Network.emulateNetworkConditions', slow);
  await button(page, 'Opladen').click();
  await page.waitForFunction(() => {
    const bar = document.querySelector('progress');
    return bar && bar.value > 0 && bar.value < bar.max;
  });
  await pictured(page, given, 'progress');
  await heading(page, 'Notulen algemene vergadering is opgeladen').waitFor();
  await wire.detach();
  await page.getByRole('link', { name: 'Naar uw documenten' }).click();
  await button(page, 'Toon documenten (10)').waitFor();
  const [first] = await listed(page, 10);
  return { proposed, first, itsCategory: await page.locator('.documents .categories').first().textContent() };
}

/** The profile: how he is reached, and a second factor with its QR code. */
async function protectsHimself({ page, looked }, given) {
  await page.getByRole('link', { name: 'Profiel' }).click();
  await text(page, 'GSM').fill('0470 12 34 5');
  const contact = page.getByRole('region', { name: 'Contactgegevens' });
  await button(contact, 'Bewaren').click();
  const wrongNumber = await contact.locator('.wrong').textContent();
  await text(page, 'GSM').fill('0470/12.34.56');
  await button(contact, 'Bewaren').click();
  await contact.getByText('Bewaard.').waitFor();
  await looked('portal-profile');
  const mobile = await text(page, 'GSM').inputValue();
  await button(page, 'Activeer 2-factor authenticatie').click();
  await text(page.getByRole('region', { name: /^2-factor/ }), 'Paswoord').fill(OWN);
  await button(page, 'Verder').click();
  const picture = page.getByRole('img', { name: 'QR-code voor uw authenticator-app' });
  await picture.evaluate((it) => it.decode());
  const secret = (await page.locator('.secret').textContent()).replaceAll(' ', '');
  await looked('portal-qr-code');
  await text(page, 'Code van uw app').fill(code(secret, now()));
  await button(page, 'Bevestigen').click();
  await heading(page, 'Uw herstelcodes').waitFor();
  const codes = await page.locator('.recovery code').allTextContents();
  await pictured(page, given, 'recovery-codes');
  await button(page, 'Ik heb ze bewaard').click();
  await page.getByText('Nog 10 herstelcodes over').waitFor();
  return { secret, codes, told: { wrongNumber, mobile, codes: codes.length } };
}

/** The second factor, another language, and out. */
async function comesBack({ page }, given, secret) {
  await button(page, 'Afmelden').click();
  await page.getByText('U bent afgemeld.').waitFor();
  await entersDutch(page, { username: given.username, password: OWN });
  await text(page, 'Code van uw app').waitFor();
  await pictured(page, given, 'second-factor');
  await text(page, 'Code van uw app').fill(code(secret, now() + STEP));
  await button(page, 'Verder').click();
  await page.getByRole('link', { name: 'Profiel' }).click();
  await page.getByLabel('Taal', { exact: true }).selectOption({ label: 'Français' });
  await button(page.getByRole('region', { name: 'Uw gegevens' }), 'Bewaren').click();
  await heading(page, 'Vos données').waitFor();
  const language = await page.locator('html').getAttribute('lang');
  await button(page, 'Se déconnecter').click();
  await page.getByText('Vous êtes déconnecté.').waitFor();
  return { language };
}

/** Somebody else comes by the link of a letter, which brings him to a password of his own, and in. */
async function comesByTheLink({ page }) {
  await text(page, 'Nieuw paswoord').fill(OWN);
  await text(page, 'Bevestig nieuw paswoord').fill(OWN);
  await button(page, 'Verder').click();
  await button(page, 'Toon documenten (7)').waitFor();
  return new URL(page.url());
}

/** In French, on a phone, by the address that a firm hands out; the telephone with the app is not at hand. */
async function isFrenchOnAPhone({ page, context, looked }, { username }, recoveryCode) {
  await text(page, "Nom d'utilisateur").fill(username);
  await text(page, 'Mot de passe').fill(OWN);
  await button(page, 'Se connecter').click();
  await button(page, "Je n'ai pas mon appareil sous la main").click();
  await text(page, 'Code de secours').fill(recoveryCode.toUpperCase());
  await button(page, 'Continuer').click();
  await button(page, 'Afficher les documents (10)').waitFor();
  await listed(page, 10);
  await looked('portal-phone');
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  const category = await page.locator('.documents .categories').last().textContent();
  // The session ends while he looks: whatever he does next tells him.
  await context.clearCookies();
  await page.getByRole('link', { name: 'Profil' }).click();
  await page.getByText('Votre session est terminée. Connectez-vous à nouveau.').waitFor();
  return { width, category };
}

await browse(async ({ given, visit }) => {
  const dutch = await visit({ path: '/', locale: 'nl-BE' });
  const began = await beginsWithTheLetter(dutch, given);
  const filtered = await filters(dutch);
  const opened = await opens(dutch);
  const uploaded = await uploads(dutch, given);
  const { secret, codes, told } = await protectsHimself(dutch, given);
  const back = await comesBack(dutch, given, secret);
  const phone = { width: 390, height: 844 };
  const french = await visit({ path: '/?licence=demo', locale: 'fr-BE', viewport: phone });
  const inFrench = await isFrenchOnAPhone(french, given, codes[0]);
  const { pathname, hash } = await comesByTheLink(await visit({ path: `/first-password#${given.secret}`, locale: 'nl-BE' }));
  return { ...began, ...filtered, ...opened, ...uploaded, ...told, ...back, french: inFrench, byLink: [pathname, hash] };
});
