// Tokens for an outside program, by the npm library jose.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { addClient, url } from './felles.mjs';
import { REPORT } from './hospital.mjs';
import { assertion, grant, token } from './maskinporten.mjs';

const add = (...args) => addClient('maskinporten', '--url', url, '--scope', REPORT, ...args);

for (const alg of ['ES256', 'RS256']) {
  test(`a client with a key of ${alg} gets a token that the published keys verify`, async () => {
    const client = await add('--alg', alg);
    const metadata = await (await fetch(`${url}/maskinporten/.well-known/oauth-authorization-server`)).json();
    assert.equal(metadata.issuer, `${url}/maskinporten/`);
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));
    const { payload } = await jwtVerify(await token(url, client), keys, { issuer: metadata.issuer });
    assert.equal(payload.scope, REPORT);
    assert.equal(payload.client_id, client.client_id);
    assert.deepEqual(payload.consumer, { authority: 'iso6523-actorid-upis', ID: `0192:${client.orgnr}` });
  });
}

test('what is not a good grant is refused, each with its reason', async () => {
  const client = await add();
  const now = Math.floor(Date.now() / 1000);
  const used = await assertion(url, client);
  assert.equal((await grant(url, used)).status, 200);
  const cases = {
    'used before': [used, 'invalid_grant'],
    expired: [await assertion(url, client, { iat: now - 600, exp: now - 500 }), 'invalid_grant'],
    'living too long': [await assertion(url, client, { exp: now + 3600 }), 'invalid_grant'],
    'for another audience': [await assertion(url, client, { aud: 'https://example.org/' }), 'invalid_grant'],
    'by another client': [await assertion(url, client, { iss: 'ukjent' }), 'invalid_client'],
    'for a scope it does not have': [await assertion(url, client, { scope: 'krr:global/kontaktinformasjon.read' }), 'invalid_scope'],
    'no assertion': ['x', 'invalid_request'],
  };
  for (const [what, [signed, error]] of Object.entries(cases)) {
    const answer = await grant(url, signed);
    const body = await answer.json();
    assert.ok([400, 401].includes(answer.status), `${what}: ${answer.status}`);
    assert.ok([error, 'invalid_grant', 'invalid_request'].includes(body.error), `${what}: ${JSON.stringify(body)}`);
    assert.ok(body.error_description?.length > 10, `${what}: ${JSON.stringify(body)}`);
  }
});
