// Calls an API as an organisation: `node call-api.mjs client.json URL`, where the file is what `felles client add` printed.
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { SignJWT, importPKCS8 } from 'jose';

const client = JSON.parse(readFileSync(process.argv[2]));
const url = process.argv[3];
const key = await importPKCS8(client.private_key_pem, client.alg);

/** A token for these scopes. It lives for two minutes: keep it, and ask for another when it is about to end. */
async function token(scopes) {
  const assertion = await new SignJWT({ scope: scopes.join(' ') })
    .setProtectedHeader({ alg: client.alg, kid: client.kid })
    .setIssuer(client.client_id)
    .setAudience(client.issuer)
    .setIssuedAt()
    .setExpirationTime('60s')
    .setJti(randomUUID())
    .sign(key);
  const answer = await fetch(client.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${body.error}: ${body.error_description}`);
  return body.access_token;
}

const answer = await fetch(url, { headers: { authorization: `Bearer ${await token(client.scopes)}`, accept: 'application/json' } });
console.log(await answer.text());
if (!answer.ok) process.exit(1);
