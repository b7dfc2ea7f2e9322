// A developer finds a test person by their traits and signs in as them: the page in a real browser without JavaScript, and the
// same search as an API.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { accessible, launch, open, signIn } from './browser.mjs';
import { eventually, mothers, register, url } from './felles.mjs';
import { birthWithLetter, hospital } from './hospital.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const heading = (page) => page.getByRole('heading', { level: 1 });

/** The answer to a search by the API. */
async function search(traits) {
  const answer = await fetch(`${url}/testpersoner/api/v1/soek?${new URLSearchParams(traits)}`);
  assert.equal(answer.status, 200);
  return answer.json();
}

test('a person with four traits is found and signed in as, without JavaScript', async () => {
  const page = await open(browser, { javaScriptEnabled: false });
  // Somebody else is signed in already: the search is not to end with them.
  const [other] = (await mothers()).slice(70);
  await signIn(page, other);

  await page.goto(url);
  await page.getByRole('link', { name: /^Finn en testperson/ }).click();
  await page.getByLabel('Kjønn').selectOption({ label: 'Kvinne' });
  await page.getByLabel('Alder fra').fill('30');
  await page.getByLabel('Sivilstand').selectOption({ label: 'Gift' });
  await page.getByLabel('Eier bolig').selectOption({ label: 'Ja' });
  await page.getByLabel('Antall barn').fill('2');
  await page.getByRole('button', { name: 'Søk', exact: true }).click();

  const hit = page.locator('tbody tr').first();
  const number = (await hit.locator('code').innerText()).trim();
  const name = (await hit.getByRole('rowheader').innerText()).trim();
  const traits = await hit.innerText();
  for (const word of ['kvinne', 'gift', '2 barn', 'eier bolig']) assert.match(traits, new RegExp(word));
  assert.ok(!page.url().includes(number));
  await hit.getByRole('button', { name: `Logg inn som ${name}` }).click();

  // ID-porten asks, and the test eID has the number already.
  await heading(page).waitFor();
  assert.match(page.url(), /\/idporten\//);
  assert.equal(await page.getByRole('textbox').first().inputValue(), number);
  await page.locator('form#innlogging').getByRole('button').first().click();
  await page.waitForURL((at) => at.pathname === '/min-situasjon');
  // She sees that the search has looked her name up.
  await page.goto(`${url}/bruk`);
  assert.match(await page.locator('main').innerText(), /testpersoner i et søk/);

  // She is who the registers say that she is.
  const people = await register();
  const person = people.find(({ identifikasjonsnummer }) => identifikasjonsnummer.some(({ foedselsEllerDNummer }) => foedselsEllerDNummer === number));
  assert.equal(person.sivilstand.find(({ erGjeldende }) => erGjeldende).sivilstand, 'gift');
  assert.equal(person.kjoenn[0].kjoenn, 'kvinne');
});

test('the example of the front page finds somebody, or says which trait to leave out', async () => {
  const page = await open(browser, { javaScriptEnabled: false });
  await page.goto(`${url}/testpersoner`);
  await page.getByRole('link', { name: /^Mor med to barn under seks/ }).click();
  const hits = await page.locator('tbody tr').count();
  if (hits === 0) {
    await page.getByRole('heading', { name: 'Ingen har alle disse trekkene' }).waitFor();
    const without = page.getByRole('link', { name: /^Uten «/ });
    // A nation of a few thousand may lack three or more of the traits at once; then no single one helps, and it says so.
    if (await without.count()) {
      await without.first().click();
      assert.ok((await page.locator('tbody tr').count()) > 0, 'the link that leaves out a trait has hits');
    } else {
      await page.getByText('Det hjelper ikke å utelate ett av dem').waitFor();
    }
  }
});

test('the API follows life: a birth, and a person who reserves themselves', async () => {
  const [mother] = (await mothers()).slice(71);
  const found = async (traits) => (await search({ kjoenn: 'kvinne', antall: '100', ...traits })).treff.find(({ personidentifikator }) => personidentifikator === mother);
  await birthWithLetter(await hospital(), mother);
  const now = await eventually(async () => found({ barnUnder: '1', alderFra: '18', alderTil: '50' }), 10000);
  assert.ok(now.barn.includes(0));
  assert.equal(now.reservert, false);

  const page = await open(browser, { javaScriptEnabled: false });
  await signIn(page, mother);
  await page.goto(`${url}/kontakt`);
  const form = page.locator('main form').filter({ has: page.getByLabel(/^På papir/) });
  await form.getByLabel(/^På papir/).check();
  await form.getByRole('button').first().click();
  await eventually(async () => found({ barnUnder: '1', reservert: 'true' }), 10000);
});

test('every address of the guide finds somebody or says which trait to leave out', async () => {
  const guide = await readFile(new URL('../docs/guides/test-people.md', import.meta.url), 'utf8');
  const addresses = [...guide.matchAll(/curl -s 'http:\/\/localhost:8080(\S+)'/g)].map(([, path]) => path);
  assert.ok(addresses.length > 2);
  for (const path of addresses) {
    const answer = await fetch(url + path);
    assert.equal(answer.status, 200, path);
    const { treff, utelat } = await answer.json();
    assert.ok(treff.length > 0 || utelat?.length > 0, path);
  }
});

test('axe-core finds nothing on the search, its hits, its faults and what stands in the way', async () => {
  const page = await open(browser);
  for (const path of ['', '?kjoenn=kvinne&alderFra=18', '?alderFra=40&alderTil=30', '?status=bosatt&nummertype=dNummer&kommune=Oslo', '?alderTil=10']) {
    await page.goto(`${url}/testpersoner${path}`);
    await heading(page).waitFor();
    await accessible(page);
  }
  await page.getByRole('link', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Find a test person' }).waitFor();
  await accessible(page);
});
