// Every OpenAPI document against what it describes, by schemathesis (PyPI): requests that the document allows and requests that
// it does not, and no answer is a 5xx (but a documented 501), of a status or media type that is not documented, or against its
// schema. FELLES_SCHEMATHESIS_SEEDS asks for more rounds than one; a round is the same every time.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { install } from './installation.mjs';
import { token } from './maskinporten.mjs';
import { python, root } from './programs.mjs';
import { Visitor } from './signin.mjs';

const REDIRECT = 'http://127.0.0.1:1/callback';
const SCOPE = 'skjema:proeve';
const seeds = Number(process.env.FELLES_SCHEMATHESIS_SEEDS ?? 1);
let [own, tenant, mother, caseworker, machine, service, config] = [];

const parse = async (...path) => JSON.parse(await readFile(join(...path), 'utf8'));

const client = async (kind, ...args) => JSON.parse(await own.felles('client', 'add', kind, '--url', own.url, ...args));

/** The flags of a client with every scope that the command's help names. */
async function everyScope(kind) {
  const help = await own.felles('client', 'add', kind, '--help');
  const scopes = [...help.matchAll(/^ {2}(\S+:\S+)$/gm)].flatMap(([, scope]) => ['--scope', scope]);
  assert.ok(scopes.length > 0, help);
  return scopes;
}

/** A person signs in: the access token, and the browser's cookies. */
async function signIn(person) {
  const { client_id, client_secret, scopes } = service;
  const [visitor, code_verifier] = [new Visitor(), oauth.generateRandomCodeVerifier()];
  const asked = new URLSearchParams({
    client_id, redirect_uri: REDIRECT, response_type: 'code', scope: scopes.join(' '), state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(), code_challenge: await oauth.calculatePKCECodeChallenge(code_verifier), code_challenge_method: 'S256',
  });
  const code = (await visitor.signIn(`${own.url}/idporten/authorize?${asked}`, person, REDIRECT)).searchParams.get('code');
  const body = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier, client_id, client_secret };
  const answer = await fetch(`${own.url}/idporten/token`, { method: 'POST', body: new URLSearchParams(body) });
  assert.equal(answer.status, 200);
  return { ...(await answer.json()), cookie: visitor.cookies(`${own.url}/idporten/minside`).join('; ') };
}

/** Every UUID in what a caller reads at some addresses. */
async function ids(bearer, ...paths) {
  const read = async (path) => {
    const answer = await fetch(own.url + path, { headers: { authorization: `Bearer ${bearer}` } });
    assert.equal(answer.status, 200, path);
    return (await answer.text()).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
  };
  return (await Promise.all(paths.map(read))).flat();
}

before(async () => {
  own = await install({ FELLES_POPULATION: '1000' });
  const out = join(own.data, 'again');
  await own.felles('nation', '--out', out);
  const units = (await readFile(join(out, 'enhetsregister.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line).enhet.organisasjonsnummer);
  const people = await parse(own.data, 'nation', 'testpersoner.json');
  // The first units are the agencies, whose clients Felles itself needs.
  tenant = units.at(-1);
  const suggested = (who) => people.find(({ hvem }) => hvem.startsWith(who)).personidentifikator;
  // She has a journey, a decision and a letter.
  mother = suggested('Venter barn, gift');
  await own.felles('birth', '--mother', mother);
  caseworker = suggested('Saksbehandler');
  machine = await client('maskinporten', ...(await everyScope('maskinporten')));
  service = await client('idporten', ...(await everyScope('idporten')), '--redirect-uri', REDIRECT, '--auth', 'client_secret_post');
  await own.felles('scope', 'add', 'maskinporten', '--owner', tenant, '--description', 'Prøve', SCOPE);
  const administered = [
    await client('maskinporten', '--orgnr', tenant, '--scope', SCOPE),
    await client('idporten', '--orgnr', tenant, '--redirect-uri', REDIRECT),
    await client('ansattporten', '--orgnr', tenant, '--redirect-uri', REDIRECT),
  ];
  const { access_token } = await signIn(mother);
  const journeys = await ids(access_token, '/livshendelser/api/v1/reiser', '/postkasse/api/v1/meldinger');
  const dictionaries = {
    clients: administered.map(({ client_id }) => client_id),
    ids: [...new Set([...journeys, ...(await ids(access_token, `/livshendelser/api/v1/reiser/${journeys[0]}`))])],
    people: people.map(({ personidentifikator }) => personidentifikator),
    scopes: [SCOPE, machine.scopes[0]],
    units: units.slice(-3),
  };
  dictionaries.known = [...Object.values(dictionaries).flat(), 'AS', '0301', 'person-basis'];
  const tables = Object.entries(dictionaries).map(([name, values]) => `${name} = { values = ${JSON.stringify(values)} }\n`);
  config = join(own.data, 'schemathesis.toml');
  await writeFile(config, `${await readFile(join(root, 'tests/schemathesis.toml'), 'utf8')}${tables.join('')}`);
});

after(() => own?.end());

for (const name of await readdir(join(root, 'openapi'))) {
  const document = join(root, 'openapi', name);
  const skip = Object.keys((await parse(document)).paths).length === 0 && 'it describes no operation';
  for (let seed = 1; seed <= seeds; seed += 1) {
    test(`${name}, round ${seed}`, { skip }, async () => {
      // Tokens live for two minutes: each run has its own.
      const { access_token, cookie } = await signIn(mother);
      const env = {
        ...process.env, FELLES_HOOKS: join(root, 'tests/python/schemathesis_hooks.py'), FELLES_TENANT: tenant,
        FELLES_MASKINPORTEN: await token(own.url, machine), FELLES_IDPORTEN: access_token, FELLES_COOKIE: cookie,
        FELLES_CASEWORKER: (await signIn(caseworker)).access_token,
      };
      const args = ['--config-file', config, 'run', document, '--url', own.url, '--seed', `${seed}`, '--no-color'];
      const said = await new Promise((resolve) => {
        const options = { cwd: own.data, env, maxBuffer: 1 << 26 };
        execFile(python, ['-m', 'schemathesis.cli', ...args], options, (error, stdout, stderr) => resolve(error && `${stdout}\n${stderr}`));
      });
      assert.ok(!said, said);
    });
  }
}
