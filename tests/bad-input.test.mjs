// Every kind of bad input at the birth: the right status, an error that names the field, nothing half written.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addClient, mothers, register, suggested, url } from './felles.mjs';
import { hospital, report, send, today } from './hospital.mjs';
import { token } from './maskinporten.mjs';

let at;
let reader;
let mother;
before(async () => {
  at = await hospital();
  const client = await addClient('maskinporten', '--url', url, '--scope', 'folkeregister:deling/offentligmedhjemmel');
  reader = await token(url, client);
  [mother] = (await mothers()).slice(30);
});

const REGISTER = `${url}/folkeregisteret/offentlig-med-hjemmel/api/v1`;
const read = (path, bearer = reader) => fetch(path.startsWith('/') ? REGISTER + path : path, { headers: { authorization: `Bearer ${bearer}` } });
const newest = async () => Number(await (await read('/hendelser/siste/sekvensnummer')).text());
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const changed = (number, digit) => number.slice(0, 10) + String((Number(number[10]) + digit) % 10);

/** A number that is valid and that nobody has: of a day on which nobody of the nation is born. */
function unallotted(taken) {
  const weigh = (weights, digits) => (11 - (weights.reduce((sum, weight, n) => sum + weight * digits[n], 0) % 11)) % 11;
  for (let individual = 0; individual < 500; individual += 1) {
    const digits = [...`018510${String(individual).padStart(3, '0')}`].map(Number);
    const first = weigh([3, 7, 6, 1, 8, 9, 4, 5, 2], digits);
    const second = weigh([5, 4, 3, 2, 7, 6, 5, 4, 3, 2], [...digits, first]);
    const number = `${digits.join('')}${first}${second}`;
    if (first < 10 && second < 10 && !taken.has(number)) return number;
  }
  throw new Error('every number is taken');
}

const number = (document) => document.identifikasjonsnummer.find((one) => one.erGjeldende).foedselsEllerDNummer;
const current = (part) => [part ?? []].flat().find((one) => one.erGjeldende !== false);

test('a birth that cannot be registered is refused by name, and leaves nothing', async (t) => {
  const everybody = await register();
  const unknown = unallotted(new Set(everybody.map(number)));
  const dead = everybody.find((one) => current(one.doedsfall) && current(one.kjoenn)?.kjoenn === 'kvinne');
  assert.ok(dead, 'the nation has no dead woman');
  const child = (more) => ({ barn: { foedselsdato: today(), erLevendefoedt: true, kjoenn: 'kvinne', ...more } });
  const mor = (number) => ({ mor: { foedselsEllerDNummer: number } });
  const cases = [
    ['an unknown mother', report(unknown), /mor/],
    ['a birth in the future', report(mother, child({ foedselsdato: day(3) })), /foedselsdato/],
    ['a malformed number', report(mother, mor('123')), /mor/],
    ['a wrong control digit', report(mother, mor(changed(mother, 1))), /mor/],
    ['no mother', report(mother, { mor: undefined }), /mor/],
    ['a date that is none', report(mother, child({ foedselsdato: '2026-02-31' })), /foedselsdato/],
    ['a sex that is none', report(mother, child({ kjoenn: 'ukjent' })), /kjoenn/],
    ['no message id', { ...report(mother), meldingsId: '' }, /meldingsId/],
    ['a field that does not exist', { ...report(mother), hemmelig: 1 }, /hemmelig/],
    ['no JSON', '{"meldingsId": ', /./],
    ['another JSON', '[]', /./],
    ['a mother who died before', report(number(dead)), /mor/],
  ];
  const before_ = await newest();
  for (const [what, body, field] of cases) {
    await t.test(what, async () => {
      const answer = await send(at, body);
      assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${JSON.stringify(answer.body)}`);
      assert.match(answer.body.kode, /./);
      assert.match(answer.body.melding, field);
      assert.ok(!answer.body.melding.includes(mother), 'the error repeats a person’s number');
    });
  }
  await t.test('a body of 20 MB', async () => {
    const answer = await send(at, JSON.stringify({ ...report(mother), kildesystem: 'x'.repeat(20_000_000) }));
    assert.equal(answer.status, 413);
    assert.match(answer.body.melding, /./);
  });
  assert.equal(await newest(), before_, 'nothing was written');
});

test('a father as the mother is no error: a human looks at it', async () => {
  const answer = await send(at, report(await suggested('Mann uten barn')));
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  assert.ok(answer.body.merknader.includes('MOR_ER_MANN'), JSON.stringify(answer.body));
});

test('who may not, and where there is nothing', async () => {
  const post = (bearer) => send({ bearer }, report(mother));
  const unsigned = await fetch(`${url}/folkeregisteret/mottak/api/v1/foedselsmelding`, { method: 'POST', body: '{}' });
  assert.equal(unsigned.status, 401);
  assert.equal((await post('x.y.z')).status, 401);
  assert.equal((await post(reader)).status, 403);
  assert.equal((await read(`/personer/${mother}`, at.bearer)).status, 403);
  // A token whose signature is another's.
  const [head, claims] = reader.split('.');
  assert.equal((await read(`/personer/${mother}`, `${head}.${claims}.${at.bearer.split('.')[2]}`)).status, 401);

  const future = await read(`/hendelser/feed/?seq=${(await newest()) + 1000}`);
  assert.ok([400, 404].includes(future.status), `${future.status}`);
  assert.match(await future.text(), /seq/i);
  assert.equal((await read('/personer/123')).status, 400);
  assert.equal((await read(`/personer/${unallotted(new Set((await register()).map(number)))}`)).status, 404);
  assert.ok([400, 404].includes((await read(`${url}/folkeregisteret/ukjent-pakke/api/v1/personer/${mother}`)).status));

  const nowhere = await fetch(`${url}/finnes-ikke`, { headers: { accept: 'text/html' } });
  assert.equal(nowhere.status, 404);
  assert.match(await nowhere.text(), /<h1/);
});
