// Who is protected (folkeregisterloven § 10-4) is found nowhere: a thousand people are protected and move to a street that nobody
// else knows of. Then every register, page, log line and metric is read as every kind of caller, and the street stands in none.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { launch, open, signIn } from './browser.mjs';
import { install } from './installation.mjs';
import { token } from './maskinporten.mjs';

const STREET = 'Skjulveien';
const PEOPLE = 1000;
const BASE = '/folkeregisteret/offentlig-med-hjemmel/api/v1';
const PACKAGES = ['offentligutenhjemmel', 'privatutenhjemmel', 'finans', 'privat', 'privatutenfolkeregisteridentifikator',
  'presse', 'presseutenfolkeregisteridentifikator', 'eid'];
const PARTS = ['person-basis', 'historikk', 'bostedsadresse', 'oppholdsadresse', 'postadresse', 'postadresseIUtlandet', 'deltBosted'];

let [own, url, data, nation, people] = [undefined, '', '', [], []];
/** Confidential (before: code 7): public bodies may see where they live. The others are strictly so (code 6). */
const confidential = new Set();
const tokens = new Map();

/** A token of a caller with this scope alone. */
async function bearer(scope) {
  if (!tokens.has(scope)) {
    const client = JSON.parse(await own.felles('client', 'add', 'maskinporten', '--url', url, '--scope', scope));
    tokens.set(scope, await token(url, client));
  }
  return tokens.get(scope);
}

async function call(scope, path, body) {
  const headers = scope ? { authorization: `Bearer ${await bearer(scope)}` } : {};
  const sent = body && { method: 'POST', body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
  const answer = await fetch(url + path, sent ?? { headers });
  return { status: answer.status, text: await answer.text() };
}

async function report(kind, message) {
  const { status, text } = await call(`folkeregister:mottak/${kind}`, `/folkeregisteret/mottak/api/v1/${kind}`, message);
  assert.equal(status, 202, `${kind}: ${text}`);
  return JSON.parse(text);
}

/** An answer that was asked for, without the street. */
async function silent(scope, path, body, wanted = 200) {
  const { status, text } = await call(scope, path, body);
  assert.equal(status, wanted, `${path}: ${text.slice(0, 300)}`);
  assert.ok(!text.toLowerCase().includes(STREET.toLowerCase()), `${scope} reads at ${path} where somebody is`);
  return text;
}

const chunks = (all, size) => Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
const number = (person) => person.identifikasjonsnummer.find((one) => one.erGjeldende).foedselsEllerDNummer;
const named = (person) => {
  const name = person.navn.find((one) => one.erGjeldende);
  const born = person.foedsel[0].foedselsdato.replaceAll('-', '');
  return `navn=${encodeURIComponent(`${name.fornavn} ${name.etternavn}`)}&foedselsdato=${born}`;
};

before(async () => {
  own = await install({ FELLES_POPULATION: '3000', FELLES_LOG: 'debug' });
  ({ url, data } = own);
  const out = join(data, 'again');
  await own.felles('nation', '--out', out);
  nation = (await readFile(join(out, 'folkeregister.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
  const resident = nation.filter((person) => person.status[0].status === 'bosatt' && !person.adressebeskyttelse);
  // Mothers to be and leaders of businesses are among them: every journey and register meets some.
  const mothers = new Set((await readFile(join(data, 'nation', 'moedre.txt'), 'utf8')).trim().split('\n'));
  resident.sort((one, other) => mothers.has(number(other)) - mothers.has(number(one)));
  people = resident.slice(0, PEOPLE);
  assert.equal(people.length, PEOPLE);
  people.filter((_, n) => n % 2).forEach((person) => confidential.add(number(person)));
  for (const [n, person] of people.entries()) {
    const level = confidential.has(number(person)) ? 'fortrolig' : 'strengtFortrolig';
    await report('adressebeskyttelse', { meldingsId: `vern-${n}`, foedselsEllerDNummer: number(person), graderingsnivaa: level });
  }
  const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Oslo' });
  for (const [n, together] of chunks(people.map(number), 20).entries()) {
    const adressenummer = { husnummer: String(n + 1) };
    const vegadresse = { kommunenummer: '5501', adressenavn: STREET, adressenummer, poststed: { postnummer: '9008', poststedsnavn: 'TROMSØ' } };
    await report('flyttemelding', { meldingsId: `flytt-${n}`, personSomFlytter: together, nyAdresse: { vegadresse }, flyttedato: today });
  }
  // Some leave, and are reached by post where they are.
  const away = people.slice(-20).map(number);
  await report('utflytting', {
    meldingsId: 'ut', personSomFlytter: away, tilflyttingsland: 'SWE', utflyttingsdato: today,
    postadresseIUtlandet: { adressenavn: `${STREET} 9`, landkode: 'SWE' },
  });
  // Some have children, who live where their mothers do.
  for (const mother of [...mothers].slice(0, 6)) {
    await report('foedselsmelding', {
      meldingsId: `barn-${mother}`,
      foedsel: {
        foreldreBorSammen: true, barn: { foedselsdato: today, erLevendefoedt: true, kjoenn: 'mann' },
        mor: { foedselsEllerDNummer: mother }, foedested: { foedselsinstitusjonsnavn: 'Sykehuset', foedekommunenummer: '0301' },
      },
    });
  }
});

after(() => own?.end());

test('public bodies read where the confidential live, and of the strictly confidential nobody reads it', async () => {
  for (const [base, scope] of [[BASE, 'offentligmedhjemmel'], ['/folkeregisteret/api/offentligutenhjemmel/v1', 'offentligutenhjemmel']]) {
    let seen = 0;
    const path = `${base}/personer/bulkoppslag?${PARTS.map((part) => `part=${part}`).join('&')}`;
    for (const some of chunks(people.map(number), 500)) {
      const { status, text } = await call(`folkeregister:deling/${scope}`, path, { foedselsEllerDNummer: some });
      assert.equal(status, 200, text.slice(0, 300));
      for (const one of JSON.parse(text).oppslag) {
        const told = JSON.stringify(one).includes(STREET);
        assert.equal(told, confidential.has(one.foedselsEllerDNummer), `${scope}: ${one.foedselsEllerDNummer}`);
        seen += told;
      }
    }
    assert.equal(seen, PEOPLE / 2, scope);
  }
});

test('no other package tells, by number or by search', async () => {
  const looked = new Set(['privatutenhjemmel', 'finans']);
  for (const package_ of PACKAGES.filter((one) => one !== 'offentligutenhjemmel')) {
    const base = `/folkeregisteret/api/${package_}/v1/personer`;
    const scope = `folkeregister:deling/${package_ === 'eid' ? 'utstedereid' : package_}`;
    const parts = PARTS.map((part) => `part=${part}`).join('&');
    if (looked.has(package_)) {
      for (const some of chunks(people.map(number), 500)) await silent(scope, `${base}/bulkoppslag?${parts}`, { foedselsEllerDNummer: some });
    }
    for (const person of people.slice(0, 50)) {
      await silent(scope, `${base}/entydigsoek?${named(person)}&${parts}`);
      await silent(scope, `${base}/entydigsoek?${named(person)}&adressenavn=${STREET}`, undefined, 404);
    }
  }
});

test('nobody is found by where they are', async () => {
  for (const [base, scope] of [
    [BASE, 'offentligmedhjemmel'], ...['offentligutenhjemmel', 'privatutenhjemmel', 'finans'].map((one) => [`/folkeregisteret/api/${one}/v1`, one]),
  ]) {
    const search = async (query) => JSON.parse(await silent(`folkeregister:deling/${scope}`, `${base}/personer/soek?${query}`)).foedselsEllerDNummer;
    for (const history of ['', '&opplysningsgrunnlag=historisk', '&inkluderOppholdsadresse=true']) {
      assert.deepEqual(await search(`adressenavn=${STREET.slice(0, 4)}${history}`), []);
      const ours = new Set(people.map(number));
      assert.deepEqual((await search(`postnummer=9008${history}`)).filter((one) => ours.has(one)), []);
      assert.deepEqual((await search(`kommunenummer=5501${history}`)).filter((one) => ours.has(one)), []);
      // Nor by where they were.
      for (const person of people.slice(0, 20)) {
        const home = person.bostedsadresse?.find((one) => one.erGjeldende)?.vegadresse;
        if (home) assert.deepEqual(await search(`${named(person)}&adressenavn=${encodeURIComponent(home.adressenavn)}${history}`), []);
      }
    }
  }
});

test('events and the archive tell of the confidential alone', async () => {
  const scope = 'folkeregister:deling/offentligmedhjemmel';
  let [told, secret] = [0, 0];
  for (let seq = 1; ;) {
    const page = JSON.parse(await silent(scope, `${BASE}/hendelser/feed/?seq=${seq}`));
    if (!page.length) break;
    seq = page.at(-1).sekvensnummer + 1;
    const about = new Map(page.map(({ hendelse }) => [hendelse.hendelsesdokument, hendelse.folkeregisteridentifikator]));
    const events = await call(scope, `${BASE}/hendelser/bulkoppslag/`, { dokumentidentifikator: [...about.keys()] });
    const archive = page.map(({ hendelse }) => hendelse.persondokument);
    const versions = await call(scope, `${BASE}/personer/bulkoppslag/arkiv/?part=person-basis&part=historikk`, { dokumentidentifikator: archive });
    assert.deepEqual([events.status, versions.status], [200, 200], versions.text.slice(0, 300));
    for (const one of JSON.parse(events.text)) {
      if (!JSON.stringify(one).includes(STREET)) continue;
      const who = about.get(one.dokumentidentifikator);
      // A child of a confidential mother is so as well.
      const known = people.some((person) => number(person) === who);
      told += 1;
      secret += known && !confidential.has(who);
    }
    for (const one of JSON.parse(versions.text).oppslag ?? JSON.parse(versions.text)) {
      const text = JSON.stringify(one);
      if (text.includes(STREET)) assert.ok(text.includes('"fortrolig"') && !text.includes('strengtFortrolig'), text);
    }
  }
  assert.equal(secret, 0);
  assert.ok(told >= PEOPLE / 2 - 20, `${told} moves are told`);
});

test('the other registers know nothing of it', async () => {
  for (const some of chunks(people.map(number), 500)) {
    for (const scope of ['krr:global/kontaktinformasjon.read', 'krr:global/digitalpost.read']) {
      for (const version of ['v1', 'v2']) await silent(scope, `/kontaktregisteret/rest/${version}/personer`, { personidentifikatorer: some });
    }
  }
  await silent('krr:global/hentendring.read', '/kontaktregisteret/rest/v2/krr/hentEndringer', { fraEndringsId: 0 });
  for (const what of ['enheter/lastned', 'underenheter/lastned', 'roller/totalbestand']) {
    const answer = await fetch(`${url}/enhetsregisteret/api/${what}`);
    assert.equal(answer.status, 200, what);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
    assert.ok(text.length > 1000 && !text.includes(STREET), what);
  }
  for (const path of [`sok?sok=${STREET}`, `sok?sok=${STREET.slice(0, 5)}*`, 'punktsok?lat=69.65&lon=18.95&radius=20000&treffPerSide=1000']) {
    // The question is repeated in the answer.
    const { text } = await call(undefined, `/adresser/v1/${path}`);
    assert.equal(JSON.parse(text).adresser.filter(({ adressenavn }) => adressenavn === STREET).length, 0);
  }
});

test('pages of relatives and caseworkers, metrics and log lines are silent', async () => {
  const suggested = JSON.parse(await readFile(join(data, 'nation', 'testpersoner.json'), 'utf8'));
  const caseworker = suggested.find(({ hvem }) => hvem.startsWith('Saksbehandler')).personidentifikator;
  const related = new Set(people.flatMap((person) => (person.familierelasjon ?? []).map((one) => one.relatertPerson)));
  const adult = (person) => person.status[0].status === 'bosatt' && person.foedsel[0].foedselsdato < '2000';
  const relatives = nation.filter((person) => related.has(number(person)) && adult(person) && !person.adressebeskyttelse).map(number);
  const hidden = new Set(people.map(number));
  const browser = await launch();
  let pages = 0;
  try {
    const read = async (page, path) => {
      await page.goto(url + path);
      pages += 1;
      assert.ok(!(await page.content()).includes(STREET), `${path} tells`);
    };
    const desk = await open(browser);
    await signIn(desk, caseworker, '/oppgaver', url);
    await read(desk, '/oppgaver');
    const tasks = await desk.locator('main a[href*="/oppgaver/"]').evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
    assert.ok(tasks.length > 0, 'a birth by one who is strictly protected is a caseworker’s task');
    for (const task of tasks.slice(0, 10)) await read(desk, task);
    for (const relative of relatives.filter((one) => !hidden.has(one)).slice(0, 3)) {
      const page = await open(browser);
      await signIn(page, relative, '/min-situasjon', url);
      for (const path of ['/min-situasjon', '/innboks', '/bruk', '/kontakt']) await read(page, path);
      await page.context().close();
    }
  } finally {
    await browser.close();
  }
  assert.ok(pages >= 14, `${pages} pages`);
  await silent(undefined, '/metrics');
  const log = own.log();
  assert.ok(log.length > 1000 && !log.includes(STREET), 'no log line tells');
});
