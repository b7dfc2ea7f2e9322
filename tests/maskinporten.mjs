// An outside program's way to a token: the npm library jose signs, Maskinporten grants.
import { randomUUID } from 'node:crypto';
import { SignJWT, importPKCS8 } from 'jose';

/** The signed assertion of a client that `felles client add maskinporten` printed. */
export async function assertion(url, client, changes = {}) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: client.client_id, aud: `${url}/maskinporten/`, scope: client.scopes.join(' '),
    iat: now, exp: now + 60, jti: randomUUID(), ...changes,
  };
  const key = await importPKCS8(client.private_key_pem, client.alg);
  return new SignJWT(claims).setProtectedHeader({ alg: client.alg, kid: client.kid }).sign(key);
}

/** The answer of `/maskinporten/token` to an assertion. */
export function grant(url, signed) {
  return fetch(`${url}/maskinporten/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: signed }),
  });
}

/** An access token. */
export async function token(url, client, changes) {
  const answer = await grant(url, await assertion(url, client, changes));
  const body = await answer.json();
  if (!answer.ok) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}
