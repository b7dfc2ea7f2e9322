// The main job: a birth is reported by an outside program, and its letter is seen in the mother's inbox in a browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { open, launch, signIn } from './browser.mjs';
import { felles, mothers, suggested, url } from './felles.mjs';
import { birthWithLetter, birthWithTask, hospital, journey, report, send } from './hospital.mjs';

let at;
let browser;
before(async () => {
  at = await hospital();
  browser = await launch();
});
after(() => browser?.close());

test('from the report to the letter in the inbox in under a second', async (t) => {
  const mother = (await mothers())[20];
  const page = await open(browser, { javaScriptEnabled: false });
  await signIn(page, mother, '/innboks');
  const begin = Date.now();
  const { child, journey: found } = await birthWithLetter(at, mother);
  await page.goto(`${url}/innboks`);
  const letter = page.locator('main').getByRole('link', { name: /barnetrygd/i });
  await letter.waitFor({ timeout: 1000 });
  const took = Date.now() - begin;
  t.diagnostic(`report to letter seen in Chromium: ${took} ms`);
  assert.equal(found.brev.kanal, 'digital');
  assert.match(child, /^\d\d[89]\d{8}$/);
  assert.ok(took < 1000, `${took} ms`);

  await letter.click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  const pdf = await page.context().request.get(`${url}/innboks/${found.brev.melding}/dokumenter/0`);
  assert.equal(pdf.headers()['content-type'], 'application/pdf');
  const bytes = await pdf.body();
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  assert.ok(bytes.includes('/StructTreeRoot'), 'the letter is tagged');
});

test('the demo hospital of the command line follows a birth to its letter', async () => {
  const printed = JSON.parse(await felles('birth', '--url', url, '--json'));
  assert.match(printed.barn, /^\d{11}$/);
  assert.ok(printed.brev?.melding, JSON.stringify(printed));
  const told = await felles('birth', '--url', url);
  assert.match(told, /The letter lies in/);
});

test('the same message twice is one birth; the same id with other content is refused', async () => {
  const mother = (await mothers())[21];
  const message = report(mother);
  const first = await send(at, message);
  const again = await send(at, message);
  assert.deepEqual(again.body, first.body);
  const other = await send(at, { ...message, foedsel: { ...message.foedsel, barn: { ...message.foedsel.barn, kjoenn: 'mann' } } });
  assert.equal(other.status, 409);
  await journey(at, first.body.foedselsEllerDNummer, (found) => found.brev);
});

for (const who of ['Kvinne med strengt fortrolig adresse', 'Kvinne med fortrolig adresse', 'Ung kvinne med verge', 'Mann uten barn']) {
  test(`what a machine may not decide is a caseworker’s task, and nothing is sent: ${who}`, async () => {
    const found = await birthWithTask(at, await suggested(who));
    assert.equal(found.brev, undefined);
    assert.notEqual(found.status, 'avsluttet');
  });
}

test('a mother who has opted out of digital post gets her letter on paper', async () => {
  const { journey: found } = await birthWithLetter(at, await suggested('Venter barn og har reservert seg'));
  assert.equal(found.brev.kanal, 'utskrift');
});
