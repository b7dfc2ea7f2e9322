// The register's feed by the package feedparser (PyPI), which reads it as any Atom, from page to page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addClient, mothers, url } from './felles.mjs';
import { hospital, report, send } from './hospital.mjs';
import { token } from './maskinporten.mjs';
import { output, python, root } from './programs.mjs';

const SCOPE = 'folkeregister:deling/offentligmedhjemmel';
const feed = `${url}/folkeregisteret/offentlig-med-hjemmel/api/v1/hendelser/feed`;

test('feedparser follows the feed to its end', async () => {
  const [mother] = (await mothers()).slice(35);
  await send(await hospital(), report(mother));
  const bearer = await token(url, await addClient('maskinporten', '--url', url, '--scope', SCOPE));
  const pages = JSON.parse(await output(python, [`${root}tests/python/feed_read.py`, `${feed}?seq=1`, bearer]));
  assert.ok(pages.length > 1);
  for (const { version, fault, type } of pages) assert.deepEqual([version, fault, type], ['atom10', null, 'application/atom+xml']);
  const read = pages.flatMap(({ entries }) => entries);
  const headers = { authorization: `Bearer ${bearer}` };
  const lines = await (await fetch(`${feed}?seq=1`, { headers })).json();
  assert.ok(lines.some(({ hendelse }) => hendelse.hendelsetype === 'personErOpprettet'));
  const tag = 'tag:skatteetaten.no,2017-10-10:folkeregisteret:tilgjengeliggjoering:hendelse:v1';
  // Others may be at work in the register: what has come since is left out.
  assert.deepEqual(read.slice(0, lines.length).map(({ id }) => id), lines.map(({ sekvensnummer }) => `${tag}:${sekvensnummer}`));
  for (const [n, { sekvensnummer, hendelse }] of lines.entries()) {
    assert.equal(Date.parse(read[n].updated), Date.parse(hendelse.ajourholdstidspunkt));
    assert.equal(read[n].type, 'application/xml');
    for (const told of [`${sekvensnummer}`, hendelse.hendelsetype, hendelse.folkeregisteridentifikator]) {
      assert.ok(read[n].told.includes(told), `${told} is not in ${read[n].told}`);
    }
  }
});
