// The certified client openid-client signs in against ID-porten, with a browser at the page.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { importPKCS8 } from 'jose';
import * as oidc from 'openid-client';
import { identify, launch, open } from './browser.mjs';
import { addClient, mothers, url } from './felles.mjs';

let browser;
let party;
let redirect;
before(async () => {
  browser = await launch();
  // The relying party's own address: it only has to answer.
  party = createServer(async (request, response) => {
    if (request.method === 'POST') party.emit('posted', new URLSearchParams(Buffer.concat(await request.toArray()).toString()));
    response.end('ok');
  });
  await new Promise((resolve) => party.listen(0, '127.0.0.1', resolve));
  redirect = `http://127.0.0.1:${party.address().port}/callback`;
});
after(async () => {
  await browser?.close();
  party?.close();
});

async function discover(client, authentication) {
  // The issuer is http here, which the library wants said; nothing else is special.
  return oidc.discovery(new URL(`${url}/idporten`), client.client_id, undefined, authentication, {
    execute: [oidc.allowInsecureRequests],
  });
}

async function signIn(page, config, person, more = {}) {
  const verifier = oidc.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier: verifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(), idTokenExpected: true };
  const to = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: 'openid profile',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  });
  await page.goto(to.href);
  if (page.url().startsWith(url)) await identify(page, person);
  await page.waitForURL(`${redirect}**`);
  return oidc.authorizationCodeGrant(config, new URL(page.url()), checks);
}

test('openid-client signs in with a private key, reads who it is, and signs out', async () => {
  const [person] = (await mothers()).slice(40);
  const client = await addClient('idporten', '--url', url, '--redirect-uri', redirect, '--post-logout-redirect-uri', redirect);
  const key = await importPKCS8(client.private_key_pem, client.alg);
  const config = await discover(client, oidc.PrivateKeyJwt({ key, kid: client.kid }));
  const page = await open(browser);
  const tokens = await signIn(page, config, person);
  const claims = tokens.claims();
  assert.equal(claims.pid, person);
  assert.equal(claims.iss, `${url}/idporten`);
  assert.equal(claims.aud, client.client_id);
  assert.match(claims.acr, /^idporten-loa-(substantial|high)$/);
  assert.ok(Array.isArray(claims.amr) && claims.auth_time && claims.sub);
  const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(info.sub, claims.sub);

  // A second relying party in the same browser: nobody is asked again, and the person is another `sub` or the same `pid`.
  const other = await addClient('idporten', '--url', url, '--redirect-uri', redirect);
  const otherKey = await importPKCS8(other.private_key_pem, other.alg);
  const second = await discover(other, oidc.PrivateKeyJwt({ key: otherKey, kid: other.kid }));
  const again = await signIn(page, second, 'nobody is asked');
  assert.equal(again.claims().pid, person);

  const out = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: redirect, state: 's' });
  await page.goto(out.href);
  await page.waitForURL(`${redirect}**`);
  await assert.rejects(signIn(page, config, person, { prompt: 'none' }), { error: 'login_required' });
});

test('openid-client renews, and is told when a token is used twice', async () => {
  const [person] = (await mothers()).slice(49);
  const client = await addClient('idporten', '--url', url, '--redirect-uri', redirect, '--refresh-tokens');
  const key = await importPKCS8(client.private_key_pem, client.alg);
  const config = await discover(client, oidc.PrivateKeyJwt({ key, kid: client.kid }));
  const first = await signIn(await open(browser), config, person);
  const second = await oidc.refreshTokenGrant(config, first.refresh_token);
  assert.equal(second.claims().sub, first.claims().sub);
  assert.equal(second.claims().auth_time, first.claims().auth_time);
  assert.equal((await oidc.fetchUserInfo(config, second.access_token, second.claims().sub)).pid, person);
  // Whoever has the old one is a thief, or was robbed: nobody keeps anything.
  await assert.rejects(oidc.refreshTokenGrant(config, first.refresh_token), { error: 'invalid_grant' });
  await assert.rejects(oidc.refreshTokenGrant(config, second.refresh_token), { error: 'invalid_grant' });
  await assert.rejects(oidc.fetchUserInfo(config, second.access_token, second.claims().sub));
});

for (const javaScriptEnabled of [true, false]) {
  test(`openid-client is answered by a form, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const [person] = (await mothers()).slice(49);
    const client = await addClient('idporten', '--url', url, '--redirect-uri', redirect, '--auth', 'client_secret_post');
    const config = await discover(client, oidc.ClientSecretPost(client.client_secret));
    const verifier = oidc.randomPKCECodeVerifier();
    const checks = { pkceCodeVerifier: verifier, expectedState: `med "tegn" & ${oidc.randomState()}`, expectedNonce: oidc.randomNonce() };
    const to = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirect, scope: 'openid', response_mode: 'form_post', state: checks.expectedState, nonce: checks.expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    });
    const posted = new Promise((resolve) => {
      party.once('posted', resolve);
    });
    const page = await open(browser, { javaScriptEnabled });
    await page.goto(to.href);
    await identify(page, person);
    if (!javaScriptEnabled) await page.getByRole('button').click();
    const body = await posted;
    const tokens = await oidc.authorizationCodeGrant(config, new Request(redirect, { method: 'POST', body }), checks);
    assert.equal(tokens.claims().pid, person);
    // Nothing of the answer is in the address.
    await page.waitForURL(redirect);
    assert.deepEqual(page.faults, []);
  });
}

test('openid-client signs in with a secret', async () => {
  const [person] = (await mothers()).slice(41);
  const client = await addClient('idporten', '--url', url, '--redirect-uri', redirect, '--auth', 'client_secret_basic');
  const config = await discover(client, oidc.ClientSecretBasic(client.client_secret));
  const tokens = await signIn(await open(browser), config, person, { acr_values: 'idporten-loa-high' });
  assert.equal(tokens.claims().acr, 'idporten-loa-high');
});
