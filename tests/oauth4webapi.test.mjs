// The certified library oauth4webapi: every step of the code flow on its own, so that each answer is judged by it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importPKCS8 } from 'jose';
import * as oauth from 'oauth4webapi';
import { addClient, felles, mothers, url } from './felles.mjs';
import { Visitor } from './signin.mjs';

const issuer = new URL(`${url}/idporten`);
const redirect = 'http://127.0.0.1:1/callback';
// The installation is without TLS here, which the library wants said with every request.
const http = { [oauth.allowInsecureRequests]: true };

async function server() {
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
}

async function register(...args) {
  const client = await addClient('idporten', '--url', url, '--redirect-uri', redirect, ...args);
  const key = client.private_key_pem && (await importPKCS8(client.private_key_pem, client.alg));
  const authenticate = key ? oauth.PrivateKeyJwt({ key, kid: client.kid }) : oauth.ClientSecretPost(client.client_secret);
  return { client: { client_id: client.client_id }, authenticate };
}

/** A request, pushed (RFC 9126), up to the code that comes back. */
async function authorize(as, party, person, { more = {}, options = {}, visitor = new Visitor() } = {}) {
  const verifier = oauth.generateRandomCodeVerifier();
  const checks = { verifier, state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce() };
  const parameters = new URLSearchParams({
    response_type: 'code', redirect_uri: redirect, scope: 'openid profile', state: checks.state, nonce: checks.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more,
  });
  const answer = await oauth.pushedAuthorizationRequest(as, party.client, party.authenticate, parameters, { ...http, ...options });
  const { request_uri } = await oauth.processPushedAuthorizationResponse(as, party.client, answer);
  const to = new URL(as.authorization_endpoint);
  to.search = new URLSearchParams({ client_id: party.client.client_id, request_uri });
  const back = await visitor.signIn(to, person, redirect);
  assert.equal(back.searchParams.get('iss'), as.issuer, 'RFC 9207: the answer names its issuer');
  // Throws where `iss` or `state` is another's.
  return { ...checks, callback: oauth.validateAuthResponse(as, party.client, back, checks.state) };
}

const exchange = (as, party, { callback, verifier }, options = {}) =>
  oauth.authorizationCodeGrantRequest(as, party.client, party.authenticate, callback, redirect, verifier, { ...http, ...options });

test('the issuer is exactly the one asked', async () => {
  const as = await server();
  assert.equal(as.issuer, issuer.href);
  for (const algorithm of ['oidc', 'oauth2']) {
    const found = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...http, algorithm }));
    assert.deepEqual(found, as, algorithm);
  }
  const slashed = new URL(`${issuer}/`);
  await assert.rejects(async () => oauth.processDiscoveryResponse(slashed, await oauth.discoveryRequest(issuer, http)));
});

test('a pushed request, code, tokens, userinfo, refresh, revocation', async () => {
  const [person] = (await mothers()).slice(42);
  const as = await server();
  const party = await register('--refresh-tokens', '--require-pushed-authorization-requests');
  const asked = await authorize(as, party, person);
  const answer = await exchange(as, party, asked);
  const tokens = await oauth.processAuthorizationCodeResponse(as, party.client, answer, { expectedNonce: asked.nonce, requireIdToken: true });
  await oauth.validateApplicationLevelSignature(as, answer, http);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  assert.equal(claims.pid, person);
  assert.equal(claims.exp - claims.iat, 120);

  const info = await oauth.processUserInfoResponse(as, party.client, claims.sub, await oauth.userInfoRequest(as, party.client, tokens.access_token, http));
  assert.equal(info.pid, person);

  const refresh = (token) => oauth.refreshTokenGrantRequest(as, party.client, party.authenticate, token, http);
  const renewed = await oauth.processRefreshTokenResponse(as, party.client, await refresh(tokens.refresh_token));
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  assert.equal(oauth.getValidatedIdTokenClaims(renewed).sub, claims.sub);

  await oauth.processRevocationResponse(await oauth.revocationRequest(as, party.client, party.authenticate, renewed.refresh_token, http));
  await assert.rejects(async () => oauth.processRefreshTokenResponse(as, party.client, await refresh(renewed.refresh_token)), { error: 'invalid_grant' });
  await assert.rejects(
    async () => oauth.processUserInfoResponse(as, party.client, claims.sub, await oauth.userInfoRequest(as, party.client, renewed.access_token, http)),
    ({ cause: [challenge] }) => challenge.scheme === 'bearer' && challenge.parameters.error === 'invalid_token',
  );
});

test('a code that comes twice takes back what it gave', async () => {
  const [person] = (await mothers()).slice(42);
  const as = await server();
  const party = await register('--auth', 'client_secret_post');
  const asked = await authorize(as, party, person);
  const tokens = await oauth.processAuthorizationCodeResponse(as, party.client, await exchange(as, party, asked), { expectedNonce: asked.nonce });
  await assert.rejects(async () => oauth.processAuthorizationCodeResponse(as, party.client, await exchange(as, party, asked)), { error: 'invalid_grant' });
  assert.equal((await oauth.userInfoRequest(as, party.client, tokens.access_token, http)).status, 401);
});

test('an API looks up a pseudonymous token', async () => {
  const [person] = (await mothers()).slice(42);
  const as = await server();
  const api = await register('--scope', 'idporten:token.introspection');
  const scope = `felles-test:pseudonym/${Date.now()}`;
  await felles('scope', 'add', 'idporten', scope, '--description', 'Prøve', '--requires-pseudonymous-tokens', '--introspected-by', api.client.client_id);
  const party = await register('--scope', scope);
  const asked = await authorize(as, party, person, { more: { scope: `openid ${scope}` } });
  const tokens = await oauth.processAuthorizationCodeResponse(as, party.client, await exchange(as, party, asked), { expectedNonce: asked.nonce });
  assert.equal(oauth.getValidatedIdTokenClaims(tokens).pid, undefined);
  const introspect = async (by) =>
    oauth.processIntrospectionResponse(as, by.client, await oauth.introspectionRequest(as, by.client, by.authenticate, tokens.access_token, http));
  const known = await introspect(api);
  assert.ok(known.active);
  assert.equal(known.pid, person);
  assert.equal(known.client_id, party.client.client_id);
  assert.deepEqual(await introspect(party), { active: false }, 'a client that is not the API’s learns nothing');
});

test('a person who cancels, and a request that is wrong, come back as errors the library knows', async () => {
  const [person] = (await mothers()).slice(42);
  const as = await server();
  const party = await register();
  await assert.rejects(authorize(as, party, person, { more: { prompt: 'none' } }), { name: 'AuthorizationResponseError', error: 'login_required' });
  await assert.rejects(authorize(as, party, person, { more: { scope: 'openid ukjent:scope' } }), { name: 'ResponseBodyError', error: 'invalid_scope' });
  await assert.rejects(authorize(as, party, person, { more: { code_challenge_method: 'plain' } }), { error: 'invalid_request' });
  const other = await register();
  await assert.rejects(authorize(as, { ...party, authenticate: other.authenticate }, person), (error) => /invalid_client|WWW-Authenticate/.test(`${error.error} ${error}`));
});

test('tokens bound to a key (DPoP)', async () => {
  const [person] = (await mothers()).slice(42);
  const as = await server();
  const party = await register('--refresh-tokens');
  const DPoP = oauth.DPoP(party.client, await oauth.generateKeyPair('ES256'));
  const asked = await authorize(as, party, person, { options: { DPoP } });
  const tokens = await oauth.processAuthorizationCodeResponse(as, party.client, await exchange(as, party, asked, { DPoP }), { expectedNonce: asked.nonce });
  assert.equal(tokens.token_type, 'dpop');
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  const info = (options) => oauth.userInfoRequest(as, party.client, tokens.access_token, { ...http, ...options });
  assert.equal((await oauth.processUserInfoResponse(as, party.client, sub, await info({ DPoP }))).pid, person);
  assert.equal((await info({})).status, 401, 'the token alone is worth nothing');
  const stranger = oauth.DPoP(party.client, await oauth.generateKeyPair('ES256'));
  assert.equal((await info({ DPoP: stranger })).status, 401, 'nor with another key');

  // A code that was pushed with a key is exchanged with that key.
  const again = await authorize(as, party, person, { options: { DPoP } });
  await assert.rejects(async () => oauth.processAuthorizationCodeResponse(as, party.client, await exchange(as, party, again, { DPoP: stranger })), (error) => /invalid_/.test(error.error));
});

test('a client of the FAPI 2.0 Security Profile', async () => {
  const [person] = (await mothers()).slice(42);
  const as = await server();
  const party = await register('--security-profile', 'fapi2');
  // What the profile signs with, which the library wants said of the client.
  party.client.id_token_signed_response_alg = 'ES256';
  const DPoP = oauth.DPoP(party.client, await oauth.generateKeyPair('ES256'));
  const asked = await authorize(as, party, person, { options: { DPoP } });
  const answer = await exchange(as, party, asked, { DPoP });
  const tokens = await oauth.processAuthorizationCodeResponse(as, party.client, answer, { expectedNonce: asked.nonce, requireIdToken: true });
  await oauth.validateApplicationLevelSignature(as, answer, http);
  assert.equal(tokens.token_type, 'dpop');
  assert.equal(oauth.getValidatedIdTokenClaims(tokens).pid, person);

  // Nothing but pushed requests, and no token that is not bound.
  const bare = new URL(as.authorization_endpoint);
  bare.search = new URLSearchParams({ client_id: party.client.client_id, redirect_uri: redirect, response_type: 'code', scope: 'openid' });
  const refused = await new Visitor().get(bare, { stop: redirect });
  assert.equal(new URL(refused.url).searchParams.get('error'), 'invalid_request', refused.url);
  const unbound = await authorize(as, party, person);
  await assert.rejects(async () => oauth.processAuthorizationCodeResponse(as, party.client, await exchange(as, party, unbound)), (error) => /invalid_/.test(error.error));
});
