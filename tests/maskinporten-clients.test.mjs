// Maskinporten by packages that were not written for Felles: pymaskinporten and Authlib (PyPI), maskinporten-jwt,
// @vtfk/maskinporten-auth and oauth4webapi (npm).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { SignJWT, createRemoteJWKSet, importPKCS8, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { addClient, felles, url } from './felles.mjs';
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

test('@vtfk/maskinporten-auth gets a token by an enterprise certificate, in PEM and in PFX', async () => {
  const getToken = require('@vtfk/maskinporten-auth');
  const forge = require('node-forge');
  const client = await addClient('maskinporten', '--url', url, '--scope', SCOPE, '--certificate');
  const pem = await felles('certificate', 'test', '--orgnr', client.orgnr, '--url', url);
  // It sends the organisation's own certificate alone, and takes a PEM of one.
  const [certificate] = pem.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/);
  const [key] = pem.match(/-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----\n/);
  const options = { url: client.token_endpoint, audience: client.issuer, issuer: client.client_id, scope: SCOPE };
  const base64 = (text) => Buffer.from(text, 'binary').toString('base64');
  const pkcs12 = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(key), forge.pki.certificateFromPem(certificate), 'passord');
  const kinds = {
    pem: { pemcert: base64(certificate), pemprivateKey: base64(key) },
    pfx: { pfxcert: base64(forge.asn1.toDer(pkcs12).getBytes()), privateKeyPassphrase: 'passord' },
  };
  for (const [kind, shown] of Object.entries(kinds)) {
    const granted = await getToken({ ...options, ...shown });
    const claims = await read(granted.access_token);
    assert.deepEqual([claims.client_amr, claims.consumer.ID, claims.scope], ['virksomhetssertifikat', `0192:${client.orgnr}`, SCOPE], kind);
  }
  // Another organisation's certificate is nobody's here.
  const other = await addClient('maskinporten', '--url', url, '--scope', SCOPE, '--certificate', '--orgnr', '310000035');
  await assert.rejects(getToken({ ...options, issuer: other.client_id, ...kinds.pem }), ({ response }) => {
    assert.deepEqual([response.status, response.data.error], [400, 'invalid_grant']);
    return /MP-122/.test(response.data.error_description);
  });
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
