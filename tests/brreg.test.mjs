// Enhetsregisteret by the package brreg (PyPI): units, sub-units, roles and pages. Nothing of it is changed but its address.
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { register, url } from './felles.mjs';
import { output, python, root } from './programs.mjs';

const api = `${url}/enhetsregisteret/api`;
const registered = await register('enhetsregister');

test('brreg reads units, sub-units, roles and pages', async () => {
  const one = registered.find(({ underenheter, rollegrupper, slettet }) => !slettet && underenheter?.length && rollegrupper?.length);
  const { organisasjonsnummer, navn, registreringsdatoEnhetsregisteret } = one.enhet;
  const place = one.underenheter[0].organisasjonsnummer;
  const read = JSON.parse(await output(python, [`${root}tests/python/brreg_read.py`, api, organisasjonsnummer, place, 'as']));
  assert.deepEqual(
    [read.enhet.organisasjonsnummer, read.enhet.navn, read.enhet.registreringsdato_enhetsregisteret],
    [organisasjonsnummer, navn, registreringsdatoEnhetsregisteret],
  );
  assert.equal(read.underenhet.overordnet_enhet, organisasjonsnummer);
  assert.deepEqual(read.underenheter, one.underenheter.map((under) => under.organisasjonsnummer));
  assert.deepEqual(
    read.roller.map(({ type, roller }) => [type.kode, roller.map(({ person }) => person.navn.etternavn)]),
    one.rollegrupper.map(({ type, roller }) => [type.kode, roller.map(({ person }) => person.navn.etternavn)]),
  );
  assert.deepEqual(read.ukjent, [null, null]);
  // Every name has the word; the pages go on where the one before ended, from the end of the alphabet.
  const names = read.sider.flat();
  assert.ok(names.length > 0 && names.every((name) => name.split(/[^\p{L}\p{N}]+/u).some((word) => /^as/i.test(word))), `${names}`);
  const [total, pages] = read.antall;
  assert.equal(pages, Math.ceil(total / 20));
  assert.equal(names.length, Math.min(total, 60));
  assert.equal(read.filter, 20);
});

test('a total download has as many units as the search', async () => {
  const file = await fetch(`${api}/enheter/lastned`, { headers: { accept: '*/*' } });
  const units = JSON.parse(gunzipSync(Buffer.from(await file.arrayBuffer())));
  const { page } = await (await fetch(`${api}/enheter?size=1`)).json();
  assert.equal(units.length, page.totalElements);
});

test('a spreadsheet has the units as cells', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'felles-')), 'enheter.xlsx');
  const answer = await fetch(`${api}/enheter/lastned/regneark`);
  await writeFile(file, Buffer.from(await answer.arrayBuffer()));
  const { rader, kolonner, andre } = JSON.parse(await output(python, [`${root}tests/python/regneark_les.py`, file]));
  const { page } = await (await fetch(`${api}/enheter?size=1`)).json();
  assert.equal(rader, page.totalElements + 1);
  assert.deepEqual(kolonner.slice(0, 3), ['organisasjonsnummer', 'navn', 'organisasjonsform.kode']);
  const unit = await (await fetch(`${api}/enheter/${andre[0]}`)).json();
  assert.deepEqual(andre.slice(0, 3), [unit.organisasjonsnummer, unit.navn, unit.organisasjonsform.kode]);
});
