// Signed answers of Kontaktregisteret, as the contact register's clients in eFormidling ask for them: read by the npm library jose.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';
import { compactVerify, decodeProtectedHeader, importX509 } from 'jose';
import { addClient, suggested, url } from './felles.mjs';
import { token } from './maskinporten.mjs';

let [bearer, pid] = ['', ''];
before(async () => {
  bearer = await token(url, await addClient('maskinporten', '--scope', 'krr:global/kontaktinformasjon.read'));
  pid = await suggested('Mann uten barn');
});

const look = (accept) => fetch(`${url}/kontaktregisteret/rest/v1/personer`, {
  method: 'POST',
  headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', accept },
  body: JSON.stringify({ personidentifikatorer: [pid] }),
});

test('an answer is signed with a certificate of the test authority', async () => {
  const plain = await (await look('application/json')).json();
  assert.equal(plain.personer[0].personidentifikator, pid);
  const answer = await look('application/jose');
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/jose');
  const jws = await answer.text();
  const header = decodeProtectedHeader(jws);
  assert.deepEqual([header.alg, Object.keys(header).sort()], ['RS256', ['alg', 'x5c']]);

  const [leaf, ...above] = header.x5c.map((der) => new X509Certificate(Buffer.from(der, 'base64')));
  const { payload } = await compactVerify(jws, await importX509(leaf.toString(), 'RS256'));
  assert.deepEqual(JSON.parse(new TextDecoder().decode(payload)), plain);

  const authority = await (await fetch(`${url}/maskinporten/testca/utstedere.pem`)).text();
  const known = authority.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g).map((pem) => new X509Certificate(pem));
  let signed = leaf;
  while (!known.some((one) => one.raw.equals(signed.raw))) {
    const issuer = [...above, ...known].find((one) => signed.checkIssued(one) && signed.verify(one.publicKey));
    assert.ok(issuer, `nobody known has issued the certificate of ${signed.subject}`);
    signed = issuer;
  }
  assert.match(leaf.subject, /310000035|DIGITALISERINGSDIREKTORATET/i);
});
