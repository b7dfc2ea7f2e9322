// Every page: without JavaScript as a person uses it, and without a fault that axe-core finds.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { accessible, identify, launch, open, signIn } from './browser.mjs';
import { mothers, register, suggested, url } from './felles.mjs';
import { birthWithLetter, birthWithTask, hospital } from './hospital.mjs';

let browser;
let mother;
let born;
let caseworker;
before(async () => {
  browser = await launch();
  const at = await hospital();
  [mother] = (await mothers()).slice(50);
  born = await birthWithLetter(at, mother);
  caseworker = await suggested('Saksbehandler');
  // Cases for a human, so that the caseworker's list is not empty: two, since one is resolved.
  await birthWithTask(at, await suggested('Kvinne med strengt fortrolig adresse'));
  await birthWithTask(at, await suggested('Kvinne med fortrolig adresse'));
});
after(() => browser?.close());

const heading = (page) => page.getByRole('heading', { level: 1 });

test('a mother’s way through her pages, without JavaScript', async () => {
  const page = await open(browser, { javaScriptEnabled: false });
  await page.goto(url);
  await heading(page).waitFor();
  await signIn(page, mother);

  await page.getByRole('link', { name: /vedtak/i }).first().click();
  await heading(page).waitFor();
  const decision = page.url();
  assert.match(decision, /\/vedtak\//);
  const text = await page.locator('main').innerText();
  for (const word of [/barnetrygd/i, /§/, /Folkeregisteret/, /kroner|kr/]) assert.match(text, word);

  // This fact is wrong: the link beside a fact chooses it.
  await page.getByRole('link', { name: /^Meld fra om feil$/ }).or(page.locator('a[href*="/feil"]')).first().click();
  const wrong = page.locator('main form').filter({ has: page.getByRole('textbox') });
  await wrong.getByRole('textbox').fill('Vi flyttet før barnet ble født.');
  await wrong.getByRole('button').click();
  assert.match(page.url(), /\/kvittering\//);
  assert.match(await page.locator('main').innerText(), /\d{1,2}\. \w+ 20\d\d/, 'the receipt names no deadline');

  // I appeal: first without grounds, which is refused by the field; nothing that was written is lost.
  await page.goto(decision);
  await page.locator('a[href$="/klage"]').click();
  const appeal = page.locator('main form').filter({ has: page.getByRole('textbox') });
  await appeal.getByRole('button').click();
  assert.equal(await appeal.locator('[aria-invalid="true"]').count(), 1);
  await appeal.getByRole('textbox').fill('Jeg mener at stønaden skal gjelde fra en tidligere måned.');
  await appeal.getByRole('button').click();
  assert.match(page.url(), /\/kvittering\//);
  await page.goto(decision);
  assert.match(await page.locator('main').innerText(), /du har klaget/i);

  // Who used my data, with a proof.
  await page.goto(`${url}/bruk`);
  assert.match(await page.locator('main').innerText(), /NAV|Nav/);
  await page.getByRole('link', { name: /bevis/i }).first().click();
  await heading(page).waitFor();

  // My contact details.
  await page.goto(`${url}/kontakt`);
  const mail = page.getByLabel(/e-post/i).first();
  await mail.fill('ny.adresse@example.com');
  await page.locator('form').filter({ has: page.getByLabel(/e-post/i) }).getByRole('button').first().click();
  await page.goto(`${url}/kontakt`);
  assert.equal(await page.getByLabel(/e-post/i).first().inputValue(), 'ny.adresse@example.com');

  await page.locator('form[action*="logg-ut"]').getByRole('button').first().click();
  await page.goto(`${url}/innboks`);
  assert.ok(!(await page.locator('main').innerText()).match(/barnetrygd/i), 'the inbox is shown after signing out');
});

test('a person ends what they are signed in to elsewhere, and here, without JavaScript', async () => {
  const [there, here] = [await open(browser, { javaScriptEnabled: false }), await open(browser, { javaScriptEnabled: false })];
  const person = (await mothers())[61];
  await signIn(there, person);
  await here.goto(`${url}/idporten/minside`);
  await identify(here, person);
  await here.getByRole('link', { name: 'Her er du logget inn' }).click();
  const sessions = here.getByRole('article');
  assert.equal(await sessions.count(), 2);
  await here.getByRole('button', { name: 'Avslutt alle andre' }).click();
  await here.getByText('Alle andre innlogginger er avsluttet').waitFor();
  assert.equal(await sessions.count(), 1);
  await there.goto(`${url}/idporten/minside/innlogginger`);
  await there.getByRole('textbox').first().waitFor(); // the test eID's
  await here.goto(`${url}/idporten/minside/logg`);
  assert.match(await here.locator('main').innerText(), /Min side hos ID-porten/);
  await here.goto(`${url}/idporten/minside/innlogginger`);
  await here.getByRole('button', { name: 'Logg ut av denne nettleseren' }).click();
  await here.getByRole('heading', { name: 'Du er logget ut' }).waitFor();
});

test('a caseworker resolves a task, without JavaScript', async () => {
  const page = await open(browser, { javaScriptEnabled: false });
  await signIn(page, caseworker, '/oppgaver');
  await page.goto(`${url}/oppgaver`);
  const tasks = page.locator('main a[href*="/oppgaver/"]');
  assert.ok((await tasks.count()) >= 1, 'there is no task');
  const mine = await tasks.first().getAttribute('href');
  await tasks.first().click();
  await heading(page).waitFor();
  const form = page.locator('main form').filter({ has: page.getByRole('textbox') });
  await form.getByRole('radio').first().check();
  await form.getByRole('textbox').fill('Vurdert etter loven og opplysningene i saken.');
  await form.getByRole('button').first().click();
  await page.goto(`${url}/oppgaver`);
  // Others may have come meanwhile.
  assert.equal(await page.locator(`main a[href="${mine}"]`).count(), 0);

  // Nobody else sees them.
  const stranger = await open(browser, { javaScriptEnabled: false });
  await signIn(stranger, mother);
  assert.equal((await stranger.goto(`${url}/oppgaver`)).status(), 403);
});

// A test person acts for an agency of the nation: the tax agency, which owns scopes.
const agency = '/virksomhet/310000019';

test('a developer registers a client with a key, without JavaScript', async () => {
  const page = await open(browser, { javaScriptEnabled: false });
  await signIn(page, mother, '/virksomhet');
  await page.goto(`${url}/virksomhet`);
  await page.getByRole('link', { name: /^Bare i test/ }).click();
  await page.getByRole('link', { name: 'SKATTEETATEN' }).click();
  assert.match(await page.locator('main').innerText(), /Test: Du har ingen rolle/);

  await page.getByRole('link', { name: 'Registrer en klient' }).click();
  await page.getByRole('link', { name: 'ID-porten', exact: true }).click();
  const form = page.locator('main form');
  await page.getByLabel('Navn').fill('Skjema');
  await page.getByLabel(/^Adresser som personer/).fill('ftp://skjema.example.no/svar');
  await form.getByRole('button').click();
  // The issuer's refusal stands at its field, and what was typed is there.
  assert.equal(await page.getByLabel(/^Adresser som personer/).getAttribute('aria-invalid'), 'true');
  assert.equal(await page.getByLabel('Navn').inputValue(), 'Skjema');
  await page.getByLabel(/^Adresser som personer/).fill('https://skjema.example.no/svar');
  await form.getByRole('button').click();
  await page.getByRole('link', { name: 'Legg til en offentlig nøkkel' }).click();

  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  await page.getByLabel('Eller velg en fil').setInputFiles({ name: 'n.pem', mimeType: 'application/x-pem-file', buffer: Buffer.from(pem) });
  await page.getByRole('button', { name: 'Legg til en offentlig nøkkel' }).click();
  assert.match(await page.locator('main table').innerText(), /RS256/);

  // A client with a secret: it is shown once.
  await page.goto(`${url}${agency}/ny-klient?type=ansattporten`);
  await page.getByLabel('Navn').fill('Ansattskjema');
  await page.getByLabel(/client_secret_basic/).check();
  await page.getByLabel(/^Adresser som personer/).fill('https://skjema.example.no/svar');
  await form.getByRole('button').click();
  const secret = await page.locator('pre[aria-label="Hemmelighet"]').innerText();
  assert.ok(secret.trim().length >= 32);
  await page.reload();
  assert.ok(!(await page.content()).includes(secret.trim()), 'the secret is shown twice');
});

// The token of Ansattporten that it leads to is tested in crates/idporten/tests/delegations.rs.
test('a business gives a person a right and takes it back, without JavaScript', async () => {
  const page = await open(browser, { javaScriptEnabled: false });
  await signIn(page, mother, '/virksomhet');
  await page.goto(`${url}${agency}/fullmakter`);
  await page.getByLabel('Tjeneste').fill('2480:40');
  await page.getByRole('button', { name: 'Gå videre' }).click();
  const known = (await register()).find(({ identifikasjonsnummer }) =>
    identifikasjonsnummer.some(({ foedselsEllerDNummer }) => foedselsEllerDNummer === caseworker));
  const { etternavn } = known.navn.find(({ erGjeldende }) => erGjeldende);
  await page.getByLabel(/^Personens fødselsnummer/).fill(caseworker);
  await page.getByLabel('Personens etternavn').fill('Et annet navn');
  await page.getByLabel('Lese', { exact: true }).check();
  const day = new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  await page.getByLabel('Siste dag').fill(day);
  const give = page.getByRole('button', { name: 'Gi en fullmakt' });
  await give.click();
  assert.equal(await page.getByLabel(/^Personens fødselsnummer/).getAttribute('aria-invalid'), 'true');
  assert.ok(await page.getByLabel('Lese', { exact: true }).isChecked());
  await page.getByLabel('Personens etternavn').fill(etternavn);
  await give.click();
  const given = page.getByRole('row').filter({ hasText: etternavn }).filter({ has: page.getByRole('button') });
  await given.waitFor();
  // Both see it.
  const theirs = await open(browser, { javaScriptEnabled: false });
  await signIn(theirs, caseworker, '/virksomhet');
  await theirs.goto(`${url}/virksomhet`);
  assert.match(await theirs.locator('main').innerText(), /Fullmakter du har fått[^]*SKATTEETATEN/);
  await given.getByRole('button').click();
  assert.equal(await given.count(), 0);
  assert.match(await page.locator('main').innerText(), /Trukket tilbake/);
});

test('axe-core finds nothing on any page', async (t) => {
  const page = await open(browser);
  const visit = (path, name = path) =>
    t.test(name, async () => {
      const answer = await page.goto(path.startsWith('http') ? path : url + path);
      await heading(page).waitFor();
      await accessible(page);
      return answer;
    });
  await visit('/');
  await visit('/finnes-ikke', 'an unknown page');
  await t.test('the sign-in page, and its complaint', async () => {
    await page.goto(`${url}/min-situasjon`);
    if (!page.url().includes('/idporten/')) await page.getByRole('link', { name: /logg inn/i }).first().click();
    await accessible(page);
    await identify(page, '12345678901');
    await accessible(page);
    await identify(page, mother);
    await page.waitForURL((at) => !at.pathname.startsWith('/idporten'));
    await accessible(page);
  });
  for (const path of ['/min-situasjon', '/innboks', `/innboks/${born.journey.brev.melding}`, '/bruk', '/kontakt', `/reise/${born.journey.id}`]) {
    await visit(path, path.replace(/[0-9a-f-]{36}/, '…'));
  }
  await page.goto(`${url}/min-situasjon`);
  const decision = await page.getByRole('link', { name: /vedtak/i }).first().getAttribute('href');
  await visit(decision, '/vedtak/…');
  await page.goto(`${url}/bruk`);
  await visit(await page.getByRole('link', { name: /bevis/i }).first().getAttribute('href'), '/bruk/…/bevis');

  // The person's own pages at ID-porten, where they are signed in already.
  for (const path of ['', '/innlogginger', '/logg', '/tilganger']) await visit(`/idporten/minside${path}`);

  if (process.env.FELLES_PICTURE) {
    await page.setViewportSize({ width: 1200, height: 900 });
    await page.goto(`${url}/min-situasjon`);
    await page.screenshot({ path: process.env.FELLES_PICTURE });
  }

  for (const below of ['', '/ny-klient', '/ny-klient?type=idporten', '/tilganger', '/scopes', '/nytt-scope', '/testsertifikat',
    '/delegeringer', '/fullmakter', '/fullmakter/ny?ressurs=2480:40', '/fullmakter/ny?ressurs=']) {
    await visit(agency + below);
  }
  await visit('/virksomhet');
  await visit('/virksomhet/test');
  await t.test('a client, its keys, a form with faults, a certificate', async () => {
    await page.goto(`${url}${agency}/ny-klient?type=idporten`);
    await page.locator('main form').getByRole('button').click();
    assert.equal(await page.locator('[aria-invalid="true"]').count(), 2);
    await accessible(page);
    await page.goto(url + agency);
    await page.locator('main table').getByRole('link', { name: 'Skjema', exact: true }).click();
    await accessible(page);
    await page.getByRole('link', { name: 'Nøkler' }).click();
    await accessible(page);
    await page.goto(`${url}${agency}/testsertifikat`);
    await page.getByRole('button', { name: 'Utsted et testsertifikat' }).click();
    await accessible(page);
  });

  const desk = await open(browser);
  await signIn(desk, caseworker, '/oppgaver');
  await t.test('/oppgaver', async () => {
    await desk.goto(`${url}/oppgaver`);
    await accessible(desk);
  });
  await t.test('/oppgaver/…', async () => {
    const task = desk.locator('main a[href*="/oppgaver/"]').first();
    assert.ok(await task.count(), 'no task is left: the appeal above makes one');
    await task.click();
    await heading(desk).waitFor();
    await accessible(desk);
  });
});
