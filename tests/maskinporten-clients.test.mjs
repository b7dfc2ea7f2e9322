// Maskinporten by packages that were not written for Felles: pymaskinporten and Authlib (PyPI), maskinporten-jwt,
// @vtfk/maskinporten-auth and oauth4webapi (npm).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { SignJWT, createRemoteJWKSet, importPKCS8, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { addClient, url } from './felles.mjs';
import { output, python, root } from './programs.mjs';

const require = createRequire(import.meta.url);
const issuer = `${url}/maskinporten/`;
const SCOPE = 'krr:global/kontaktinformasjon.read';
const register = (...args) => addClient('maskinporten', '--url', url, '--scope', SCOPE, '--alg', 'RS256', ...args);

/** What a token says, by the keys that the metadata names. */
async function read(token) {
  const metadata = await (await fetch(`${issuer}.well-known/oauth-authorization-server`)).json();
  return (await jwtVerify(token, createRemoteJWKSet(new URL(metadata.jwks_uri)), { issuer, algorithms: ['RS256'] })).payload;
}

async function pymaskinporten(client, more = {}) {
  const settings = { PRIVATE_KEY: client.private_key_pem, MASKINPORTEN_CLIENT_ID: client.client_id, KID: client.kid, SCOPE, ...more };
  return JSON.parse(await output(python, [`${root}tests/python/pymaskinporten_token.py`, issuer], { env: { ...process.env, ...settings } }));
}

test('pymaskinporten gets a token', async () => {
  const client = await register();
  const { token, expires_in } = await pymaskinporten(client);
  assert.ok(expires_in > 100 && expires_in <= 120, `${expires_in}`);
  const claims = await read(token);
  assert.equal(claims.client_id, client.client_id);
  assert.equal(claims.scope, SCOPE);
});

test('pymaskinporten is told why not', async () => {
  const client = await register();
  const other = await register();
  const scope = await pymaskinporten(client, { SCOPE: 'folkeregister:deling/offentligmedhjemmel' });
  assert.deepEqual([scope.status, scope.code], [400, 'invalid_scope']);
  assert.match(scope.description, /folkeregister:deling/);
  const key = await pymaskinporten(client, { PRIVATE_KEY: other.private_key_pem });
  assert.deepEqual([key.status, key.code], [400, 'invalid_grant']);
});

test('maskinporten-jwt gets a token for one API', async () => {
  const { getMaskinportToken } = require('maskinporten-jwt');
  const client = await register();
  const resource = 'https://api.example.no';
  const granted = await getMaskinportToken({
    Audience: issuer, Endpoint: `${issuer}token`, Issuer: client.client_id, Scopes: SCOPE, KID: client.kid, PrivateKey: client.private_key_pem, Resource: resource,
  });
  assert.equal(granted.token_type, 'Bearer');
  assert.equal((await read(granted.access_token)).aud, resource);
});

test('oauth4webapi gets a token by its grant of JWTs', async () => {
  const http = { [oauth.allowInsecureRequests]: true };
  const client = await register();
  const as = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), { ...http, algorithm: 'oauth2' }));
  const assertion = await new SignJWT({ scope: SCOPE }).setProtectedHeader({ alg: 'RS256', kid: client.kid })
    .setIssuer(client.client_id).setAudience(as.issuer).setIssuedAt().setExpirationTime('60s').setJti(randomUUID())
    .sign(await importPKCS8(client.private_key_pem, 'RS256'));
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const ask = () => oauth.genericTokenEndpointRequest(as, { client_id: client.client_id }, oauth.None(), grant, { assertion }, http);
  const granted = await oauth.processGenericTokenEndpointResponse(as, { client_id: client.client_id }, await ask());
  assert.equal((await read(granted.access_token)).scope, SCOPE);
  await assert.rejects(async () => oauth.processGenericTokenEndpointResponse(as, { client_id: client.client_id }, await ask()), { error: 'invalid_grant' });
});
