// The pages of docs/guides, exactly as they say: the commands stand there and are run from there. Only the addresses are
// this run's.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import { importPKCS8 } from 'jose';
import { addClient, bin, eventually, mothers, url } from './felles.mjs';
import { token } from './maskinporten.mjs';
import { freePort } from './port.mjs';
import { end, output, root, start } from './programs.mjs';
import { Visitor } from './signin.mjs';

/** Commands that install what a program stands on. */
const READY = /npm ci|-m venv|pip install/;
const ready = new Set();
const LANGUAGES = ['Node', 'Python', 'Rust'];
let place;
let env;
before(async () => {
  // As the root of the repository, so that what the pages write lands elsewhere. Always the same: cargo builds once.
  place = join(root, 'target/guides');
  await rm(place, { recursive: true, force: true });
  await mkdir(join(place, 'bin'), { recursive: true });
  await symlink(join(root, 'examples'), join(place, 'examples'));
  await symlink(bin, join(place, 'bin', 'felles'));
  const built = process.env.FELLES_EXAMPLES_TARGET ?? join(root, 'target/examples');
  env = { ...process.env, PATH: `${place}/bin${delimiter}${process.env.PATH}`, CARGO_TARGET_DIR: built, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
});
after(async () => {
  await end();
  if (place) await rm(place, { recursive: true, force: true });
});

/** The commands of a page: of each heading, the lines of its block. */
async function commands(name, port) {
  const page = await readFile(join(root, 'docs/guides', name), 'utf8');
  const found = {};
  for (const [, heading, text] of page.matchAll(/^#+ (.+)$([\s\S]*?)(?=^#+ |(?![\s\S]))/gm)) {
    const block = /^```sh\n([\s\S]*?)^```/m.exec(text);
    if (!block) continue;
    assert.match(block[1], /localhost|felles|client\.json/);
    const lines = block[1].replaceAll('http://localhost:8080', url).replaceAll('localhost:3000', `localhost:${port}`).replaceAll('4000', String(port));
    found[heading] = lines.trim().split('\n');
  }
  const of = (word) => {
    const heading = Object.keys(found).find((one) => one.startsWith(word));
    assert.ok(heading, `${name} has no commands under ${word}`);
    return found[heading];
  };
  // What makes ready is done once, though every page says it.
  const fresh = (lines) => [...lines.slice(0, -1).filter((line) => !READY.test(line) || !ready.has(line) && ready.add(line)), lines.at(-1)];
  return { run: (word) => output('sh', ['-ec', fresh(of(word)).join('\n')], { cwd: place, env }), serve: (word) => serve(fresh(of(word))) };
}

/** Runs a block whose last line is a program that goes on, until the test ends it. */
function serve(lines) {
  const program = lines.at(-1);
  return start('sh', ['-ec', [...lines.slice(0, -1), `exec ${program}`].join('\n')], { cwd: place, env });
}

async function up(program, address) {
  await eventually(async () => {
    assert.equal(program.child.exitCode, null, `the program ended: ${program.said()}`);
    return await fetch(address).catch(() => undefined);
  }, 60_000);
}

async function down(program) {
  const ended = new Promise((resolve) => program.child.once('exit', resolve));
  program.child.kill('SIGTERM');
  await ended;
}

for (const [n, language] of LANGUAGES.entries()) {
  test(`Sign people in to my service: ${language}`, async () => {
    const person = (await mothers())[45 + n];
    const port = await freePort();
    const home = `http://localhost:${port}/`;
    const page = await commands('sign-in.md', port);
    await page.run('Register');
    const program = page.serve(language);
    await up(program, home);
    const visitor = new Visitor();
    assert.match((await visitor.get(home)).text, /Logg inn/);
    const signed = await visitor.identify(await visitor.get(`${home}login`), person);
    assert.equal(signed.url, home, signed.text + program.said());
    assert.match(signed.text, new RegExp(`Hei, ${person}`));
    assert.match((await visitor.get(home)).text, /Hei/, 'the session lasts');
    assert.match((await new Visitor().get(home)).text, /Logg inn/, 'and is the browser’s own');

    // A code that was not asked for in this browser is nobody's sign-in.
    const forged = await new Visitor().get(`${home}callback?code=x&state=x&iss=${encodeURIComponent(`${url}/idporten`)}`);
    assert.doesNotMatch(forged.text, /Hei/);
    // Nor is one that comes from another issuer, or to another state.
    const attacked = new Visitor();
    const back = await attacked.signIn(`${home}login`, person, `${home}callback`);
    back.searchParams.set('state', 'x');
    assert.doesNotMatch((await attacked.get(back)).text, /Hei/);

    const out = await visitor.get(`${home}logout`);
    assert.equal(out.url, home, out.text);
    assert.match(out.text, /Logg inn/);
    assert.ok((await visitor.get(`${home}login`)).url.startsWith(`${url}/idporten/`), 'ID-porten asks anew');
    await down(program);
  });

  test(`Call an API as my organisation: ${language}`, async () => {
    const page = await commands('call-an-api.md');
    await page.run('Register');
    const said = (await page.run(language)).trim();
    assert.match(said, /^\d+$/, 'the number of the newest event');
    // Without the scope there is no token, and the program says so.
    const client = JSON.parse(await readFile(join(place, 'client.json')));
    await writeFile(join(place, 'client.json'), JSON.stringify({ ...client, scopes: ['felles:innlasting'] }));
    await assert.rejects(page.run(language), /invalid_scope/);
  });

  test(`Offer an API: ${language}`, async () => {
    const port = await freePort();
    const api = `http://localhost:${port}`;
    const page = await commands('offer-an-api.md', port);
    await page.run('Make');
    const program = page.serve(language);
    await up(program, api);
    assert.equal((await page.run('Try it')).trim(), '{"virksomhet":"310000108"}');
    await refuses(api);
    await down(program);
  });
}

/** What an API must refuse, with the status that RFC 6750 has for it. */
async function refuses(api) {
  const ask = async (path, bearer) => {
    const answer = await fetch(api + path, { headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` } });
    const [, error] = /error="(\w+)"/.exec(answer.headers.get('www-authenticate')) ?? [];
    return `${answer.status}${error ? ` ${error}` : ''}`;
  };
  const system = await addClient('maskinporten', '--url', url, '--scope', 'eksempel:timer', '--scope', 'felles:reise.les');
  const good = await token(url, system, { scope: 'eksempel:timer' });
  const [header, payload, signature] = good.split('.');
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { kid } = JSON.parse(Buffer.from(header, 'base64url'));
  const { keys } = await (await fetch(`${url}/maskinporten/jwk`)).json();
  const pem = createPublicKey({ key: keys.find((key) => key.kid === kid), format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const symmetric = `${encode({ alg: 'HS256', kid })}.${payload}`;
  const more = { ...JSON.parse(Buffer.from(payload, 'base64url')), scope: 'eksempel:timer felles:alt' };

  const cases = {
    'no token': ['/virksomhet', undefined, '401'],
    'no token at all': ['/virksomhet', 'x', '401 invalid_token'],
    'an altered token': ['/virksomhet', `${header}.${encode(more)}.${signature}`, '401 invalid_token'],
    'an unsigned token': ['/virksomhet', `${encode({ alg: 'none' })}.${payload}.`, '401 invalid_token'],
    'one signed with the public key': ['/virksomhet', `${symmetric}.${createHmac('sha256', pem).update(symmetric).digest('base64url')}`, '401 invalid_token'],
    'an unknown key': ['/virksomhet', `${encode({ alg: 'RS256', kid: 'ukjent' })}.${payload}.${signature}`, '401 invalid_token'],
    'another scope': ['/virksomhet', await token(url, system, { scope: 'felles:reise.les' }), '403 insufficient_scope'],
    'a token for another API': ['/virksomhet', await token(url, system, { scope: 'eksempel:timer', resource: 'https://annen.example' }), '401 invalid_token'],
    'a token for this API': ['/virksomhet', await token(url, system, { scope: 'eksempel:timer', resource: api }), '200'],
    'an organisation where a person is wanted': ['/person', good, '401 invalid_token'],
    'a good token': ['/virksomhet', good, '200'],
  };
  const { tokens, person } = await signedIn();
  cases['a person'] = ['/person', tokens.access_token, '200'];
  cases['a person where an organisation is wanted'] = ['/virksomhet', tokens.access_token, '401 invalid_token'];
  cases['an id token'] = ['/person', tokens.id_token, '401 invalid_token'];
  for (const [what, [path, bearer, expected]] of Object.entries(cases)) assert.equal(await ask(path, bearer), expected, what);
  const answer = await fetch(`${api}/person`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  assert.deepEqual(await answer.json(), { person, nivaa: 'idporten-loa-substantial' });
}

/** A person's tokens with the API's scope. */
async function signedIn() {
  const redirect = 'http://127.0.0.1:1/callback';
  const [person] = (await mothers()).slice(48);
  const client = await addClient('idporten', '--url', url, '--redirect-uri', redirect, '--scope', 'eksempel:timer');
  const key = await importPKCS8(client.private_key_pem, client.alg);
  const config = await oidc.discovery(new URL(client.issuer), client.client_id, undefined, oidc.PrivateKeyJwt({ key, kid: client.kid }), {
    execute: [oidc.allowInsecureRequests],
  });
  const verifier = oidc.randomPKCECodeVerifier();
  const to = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect, scope: 'openid eksempel:timer', state: 's',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const back = await new Visitor().signIn(to, person, redirect);
  return { person, tokens: await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: 's' }) };
}
