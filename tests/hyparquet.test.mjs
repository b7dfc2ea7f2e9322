// An export as Parquet by the package hyparquet (npm): its columns are what the lines beside them say.
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { felles, register } from './felles.mjs';

let out;
before(async () => {
  out = await mkdtemp(join(process.env.FELLES_DATA, 'eksport-'));
  await felles('export', '--format', 'parquet', '--out', out);
});

/** The rows of a register, each with its line read. */
async function rows(name) {
  const file = await asyncBufferFromFile(join(out, `${name}.parquet`));
  const { num_rows: total, row_groups: groups } = await parquetMetadataAsync(file);
  const read = await parquetReadObjects({ file });
  assert.equal(read.length, Number(total));
  assert.ok(groups.every((group) => group.num_rows <= 10_000n));
  return read.map(({ linje, ...columns }) => ({ columns, line: JSON.parse(linje) }));
}

const now = (list) => list?.find(({ erGjeldende }) => erGjeldende);
const day = (date) => (date instanceof Date ? date.toISOString().slice(0, 10) : date);

test('people', async () => {
  const people = await rows('folkeregister');
  assert.ok(people.length >= (await register()).length);
  for (const { columns, line } of people) {
    const home = now(line.bostedsadresse);
    const { kommunenummer } = home?.vegadresse ?? home?.matrikkeladresse?.matrikkelnummer ?? {};
    assert.deepEqual(
      [columns.personidentifikator, columns.status, day(columns.foedselsdato), columns.kjoenn],
      [
        now(line.identifikasjonsnummer).foedselsEllerDNummer,
        now(line.status).status,
        now(line.foedsel)?.foedselsdato ?? null,
        now(line.kjoenn)?.kjoenn ?? null,
      ],
    );
    assert.equal(columns.kommunenummer, kommunenummer ?? home?.ukjentBosted?.bostedskommune ?? null);
    assert.equal(day(columns.doedsdato), line.doedsfall?.doedsdato ?? null);
  }
  const counted = (column) => new Set(people.map(({ columns }) => columns[column])).size;
  assert.deepEqual([counted('kjoenn'), counted('personidentifikator')], [2, people.length]);
  for (const column of ['status', 'sivilstand', 'gradering', 'kommunenummer', 'doedsdato']) assert.ok(counted(column) > 2, column);
});

test('units', async () => {
  for (const { columns, line } of await rows('enhetsregister')) {
    const { enhet, borte } = line;
    assert.equal(columns.organisasjonsnummer, (enhet ?? borte).organisasjonsnummer);
    assert.equal(columns.navn, (enhet ?? borte).navn ?? null);
    assert.equal(columns.naeringskode, enhet?.naeringskode1?.kode ?? null);
    assert.equal(columns.kommunenummer, enhet?.forretningsadresse?.kommunenummer ?? null);
    assert.equal(columns.ansatte, enhet?.antallAnsatte === undefined ? null : BigInt(enhet.antallAnsatte));
    assert.equal(day(columns.registrert), enhet?.registreringsdatoEnhetsregisteret ?? null);
    assert.equal(day(columns.slettet), borte?.slettet.dato ?? null);
  }
});

test('properties and contact details', async () => {
  const cadastre = await rows('matrikkel');
  assert.deepEqual(cadastre.map(({ line }) => line), await register('matrikkel'));
  for (const { columns, line } of cadastre) {
    assert.equal(columns.slag, Object.keys(line)[0]);
    assert.equal(columns.kommunenummer, (line.kommune ?? line.eiendom.matrikkelnummer).kommunenummer);
    if (line.eiendom) assert.equal(columns.adresser, BigInt(line.eiendom.adresser?.length ?? 0));
  }
  for (const { columns, line } of await rows('kontaktregister')) {
    assert.deepEqual(
      [columns.personidentifikator, columns.status, columns.reservasjon, columns.spraak],
      [line.personidentifikator, line.status, line.reservasjon, line.spraak ?? null],
    );
  }
});
