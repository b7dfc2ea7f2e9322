// Passkeys in a real browser, with a virtual authenticator: made, used, removed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, identify, launch, open } from './browser.mjs';
import { mothers, url } from './felles.mjs';

const mine = `${url}/idporten/minside/passkeys`;
let browser;
let person;
let other;
before(async () => {
  browser = await launch();
  [person, other] = (await mothers()).slice(60);
});
after(() => browser?.close());

/** Gives a page's device an authenticator of its own: one that knows its holder and keeps passkeys. */
async function device(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  const send = (method, more = {}) => cdp.send(`WebAuthn.${method}`, { authenticatorId, ...more });
  return { passkeys: async () => (await send('getCredentials')).credentials, send };
}

/** Waits for the browser's own pages to be left. */
const signedIn = (page) => page.waitForURL((at) => at.pathname.startsWith('/idporten/minside') && !at.search.includes('code'));

async function toPasskeyPage(page) {
  await page.goto(mine);
  await page.getByRole('link', { name: 'Passnøkkel', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Logg inn med passnøkkel' }).waitFor();
}

test('a person makes a passkey, signs out, signs in with it, renames and removes it', async () => {
  const page = await open(browser);
  const { passkeys, send } = await device(page);
  await page.goto(mine);
  await identify(page, person);
  await signedIn(page);
  await accessible(page);

  await page.getByLabel('Navn').fill('Min telefon');
  await page.getByRole('button', { name: 'Lag passnøkkel' }).click();
  await page.getByText('Passnøkkelen er lagt til').waitFor();
  await accessible(page);
  const [made] = await passkeys();
  assert.equal(made.rpId, 'localhost');
  assert.equal(made.isResidentCredential, true);
  assert.ok(!Buffer.from(made.userHandle, 'base64').toString().includes(person));

  // The same device has one already, and says so.
  await page.locator('form#passkey input[name="navn"]').fill('En til');
  await page.getByRole('button', { name: 'Lag passnøkkel' }).click();
  await page.getByText('Denne enheten har allerede en passnøkkel').waitFor();
  assert.equal((await passkeys()).length, 1);

  await page.getByRole('button', { name: /logg ut/i }).click();
  await page.getByRole('heading', { name: 'Du er logget ut' }).waitFor();

  await toPasskeyPage(page);
  await accessible(page);
  await page.getByRole('button', { name: 'Bruk passnøkkel' }).click();
  await signedIn(page);
  const list = page.locator('main');
  assert.match(await list.innerText(), /Min telefon[\s\S]*Sist brukt \d/);
  // Who has come by a passkey makes no other.
  assert.equal(await page.getByRole('button', { name: 'Lag passnøkkel' }).count(), 0);
  await accessible(page);

  await page.getByText('Endre eller fjern Min telefon').click();
  await accessible(page);
  await page.getByLabel('Navn').fill('Nettbrettet');
  await page.getByRole('button', { name: 'Lagre navnet' }).click();
  await page.getByRole('heading', { name: 'Nettbrettet' }).waitFor();
  await page.getByText('Endre eller fjern Nettbrettet').click();
  await page.getByRole('button', { name: 'Fjern Nettbrettet' }).click();
  await page.getByText('Du har ingen passnøkler ennå').waitFor();

  // The device still has it; here it opens nothing, and the page says why.
  await page.getByRole('button', { name: /logg ut/i }).click();
  await toPasskeyPage(page);
  await page.getByRole('button', { name: 'Bruk passnøkkel' }).click();
  await page.getByText('Denne passnøkkelen kjenner vi ikke').waitFor();
  await accessible(page);

  // A device without any: the browser refuses, the page stays and says what can be done.
  await send('clearCredentials');
  await page.getByRole('button', { name: 'Bruk passnøkkel' }).click();
  await page.getByText('Enheten ga ingen passnøkkel').waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'Velg en annen innloggingsmåte' }).click();
  await identify(page, person);
  await signedIn(page);
});

test('a device that does not verify its holder signs nobody in', async () => {
  const page = await open(browser);
  const { send } = await device(page);
  await page.goto(mine);
  await identify(page, other);
  await signedIn(page);
  await page.getByLabel('Navn').fill('Ulåst');
  await page.getByRole('button', { name: 'Lag passnøkkel' }).click();
  await page.getByText('Passnøkkelen er lagt til').waitFor();
  await page.getByRole('button', { name: /logg ut/i }).click();
  await send('setUserVerified', { isUserVerified: false });
  await toPasskeyPage(page);
  await page.getByRole('button', { name: 'Bruk passnøkkel' }).click();
  await page.getByText('Enheten ga ingen passnøkkel').waitFor();
});

test('without JavaScript the pages say so, and another eID works', async () => {
  const page = await open(browser, { javaScriptEnabled: false });
  await toPasskeyPage(page);
  await page.getByText('Passnøkler virker ikke uten JavaScript').waitFor();
  await page.getByRole('button', { name: 'Bruk passnøkkel' }).click();
  await page.getByText('Nettleseren sendte ikke noe svar').waitFor();
  await page.getByRole('link', { name: 'Velg en annen innloggingsmåte' }).click();
  await identify(page, person);
  await signedIn(page);
  assert.match(await page.locator('main').innerText(), /Passnøklene dine/);
});
