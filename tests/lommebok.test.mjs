// A European wallet on jose, which was not written for Felles: it fetches person identification data (OpenID4VCI) and signs its
// owner in with it (OpenID4VP), on the same device and from another. The browser runs no JavaScript of ours.
import assert from 'node:assert/strict';
import { X509Certificate, createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { CompactEncrypt, SignJWT, createRemoteJWKSet, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, importX509, jwtVerify } from 'jose';
import { accessible, identify, launch, open } from './browser.mjs';
import { mothers, url } from './felles.mjs';

const issuer = `${url}/lommebok`;
const preAuthorized = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';
const number = 'personal_administrative_number';
const b64url = (bytes) => Buffer.from(bytes).toString('base64url');
const sha256 = (text) => b64url(createHash('sha256').update(text).digest());

let browser;
let person;
before(async () => {
  browser = await launch();
  [person] = (await mothers()).slice(70);
});
after(() => browser?.close());

const form = (fields) => ({ method: 'POST', body: new URLSearchParams(fields) });
async function json(address, options) {
  const answer = await fetch(address, options);
  const body = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(body));
  return body;
}

/** That a chain leads to the test authority's root, which is not in it; its first certificate. */
async function trusted(x5c) {
  const pem = await (await fetch(`${url}/maskinporten/testca/utstedere.pem`)).text();
  const root = new X509Certificate(pem.slice(0, pem.indexOf('-----END') + 25));
  const chain = x5c.map((one) => new X509Certificate(Buffer.from(one, 'base64')));
  [...chain, root].reduce((below, above) => {
    assert.ok(below.checkIssued(above) && below.verify(above.publicKey), `${below.subject} is not by ${above.subject}`);
    return above;
  });
  return chain[0];
}

/** Puts the credential of the offer on this page into a wallet. */
async function fetchInto(page) {
  const link = await page.locator('a[href^="openid-credential-offer://"]').getAttribute('href');
  const offer = JSON.parse(new URL(link).searchParams.get('credential_offer'));
  assert.equal(offer.credential_issuer, issuer);
  const metadata = await json(`${url}/.well-known/openid-credential-issuer/lommebok`);
  const grant = offer.grants[preAuthorized];
  assert.ok(metadata.authorization_servers.includes(grant.authorization_server));
  const server = await json(`${url}/.well-known/oauth-authorization-server/lommebok`);
  const token = await json(server.token_endpoint, form({
    grant_type: preAuthorized, 'pre-authorized_code': grant['pre-authorized_code'], tx_code: await page.locator('#kode').innerText(),
  }));
  const { c_nonce: nonce } = await json(metadata.nonce_endpoint, { method: 'POST' });
  const holder = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(holder.publicKey);
  const proof = await new SignJWT({ nonce }).setProtectedHeader({ alg: 'ES256', typ: 'openid4vci-proof+jwt', jwk })
    .setAudience(issuer).setIssuedAt().sign(holder.privateKey);
  const answer = await json(metadata.credential_endpoint, {
    method: 'POST',
    headers: { authorization: `Bearer ${token.access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ credential_configuration_id: offer.credential_configuration_ids[0], proofs: { jwt: [proof] } }),
  });
  const credential = answer.credentials[0].credential;

  // By its certificate, and by the keys that its issuer publishes.
  const signed = credential.split('~')[0];
  const { x5c } = decodeProtectedHeader(signed);
  const key = await importX509((await trusted(x5c)).toString(), 'ES256');
  const { payload } = await jwtVerify(signed, key, { typ: 'dc+sd-jwt', issuer });
  await jwtVerify(signed, createRemoteJWKSet(new URL((await json(`${url}/.well-known/jwt-vc-issuer/lommebok`)).jwks_uri)));
  assert.equal(payload.vct, 'urn:eudi:pid:1');
  const list = await fetch(payload.status.status_list.uri);
  assert.equal(list.headers.get('content-type'), 'application/statuslist+jwt');
  await jwtVerify(await list.text(), key, { typ: 'statuslist+jwt', subject: payload.status.status_list.uri });
  return { credential, holder };
}

/** Answers the question of a link with the credential; where the wallet goes then, or the refusal. */
async function answer(link, { credential, holder }) {
  const asked = new URL(link).searchParams;
  const wallet_nonce = b64url(randomBytes(16));
  const fetched = await fetch(asked.get('request_uri'), form({ wallet_nonce }));
  assert.equal(fetched.headers.get('content-type'), 'application/oauth-authz-req+jwt');
  const object = await fetched.text();
  const leaf = await trusted(decodeProtectedHeader(object).x5c);
  assert.equal(asked.get('client_id'), `x509_hash:${b64url(createHash('sha256').update(leaf.raw).digest())}`);
  const key = await importX509(leaf.toString(), 'ES256');
  const { payload } = await jwtVerify(object, key, { typ: 'oauth-authz-req+jwt', audience: 'https://self-issued.me/v2' });
  assert.deepEqual([payload.client_id, payload.wallet_nonce], [asked.get('client_id'), wallet_nonce]);

  const [query] = payload.dcql_query.credentials;
  assert.deepEqual(query.claims, [{ path: [number] }], 'no more than the number is asked for');
  const [jwt, ...disclosures] = credential.split('~').filter(Boolean);
  const shown = disclosures.filter((one) => JSON.parse(Buffer.from(one, 'base64url'))[1] === number);
  const presentation = `${[jwt, ...shown].join('~')}~`;
  const binding = await new SignJWT({ nonce: payload.nonce, sd_hash: sha256(presentation) })
    .setProtectedHeader({ alg: 'ES256', typ: 'kb+jwt' }).setAudience(payload.client_id).setIssuedAt().sign(holder.privateKey);
  const content = JSON.stringify({ vp_token: { [query.id]: [presentation + binding] }, state: payload.state });
  const [to] = payload.client_metadata.jwks.keys;
  const [enc] = payload.client_metadata.encrypted_response_enc_values_supported;
  const response = await new CompactEncrypt(new TextEncoder().encode(content))
    .setProtectedHeader({ alg: to.alg, enc, kid: to.kid }).encrypt(await importJWK(to, to.alg));
  return (await fetch(payload.response_uri, form({ response }))).json();
}

/** From the portal to the wallet's page at ID-porten; the link that opens the wallet. */
async function toWallet(page) {
  await page.goto(`${url}/logg-inn`);
  await page.getByRole('link', { name: 'Europeisk lommebok' }).click();
  await page.getByRole('heading', { level: 1, name: 'Logg inn med europeisk lommebok' }).waitFor();
  return page.locator('a[href^="openid4vp://"]').getAttribute('href');
}

const isIn = async (page) => {
  await page.waitForURL((at) => !at.pathname.startsWith('/idporten'));
  await page.getByRole('button', { name: /logg ut/i }).waitFor();
};

test('a person fetches the credential, signs in with it on both ways, and withdraws it', async () => {
  const own = await open(browser);
  await own.goto(issuer);
  await accessible(own);
  await own.getByRole('link', { name: 'Logg inn og hent beviset' }).click();
  await identify(own, person);
  await own.getByRole('heading', { level: 1, name: 'Beviset er klart' }).waitFor();
  await accessible(own);
  const wallet = await fetchInto(own);

  // On the same device the wallet comes back to the browser that began.
  const same = await open(browser, { javaScriptEnabled: false });
  const here = await answer(await toWallet(same), wallet);
  await same.goto(here.redirect_uri);
  await isIn(same);

  // On another, which is signed in nowhere by it, digits are shown to be typed where it began.
  const desk = await open(browser);
  const link = await toWallet(desk);
  await accessible(desk);
  await desk.getByLabel('Seks siffer fra den andre enheten').fill('123456');
  await desk.getByRole('button', { name: 'Fortsett' }).click();
  await desk.getByText('Lommeboken har ikke svart ennå').first().waitFor();
  await accessible(desk);
  const there = await answer(link, wallet);
  const phone = await open(browser, { viewport: { width: 360, height: 640 } });
  await phone.goto(there.redirect_uri);
  await phone.getByRole('heading', { level: 1, name: 'Skriv disse sifrene der du logger inn' }).waitFor();
  await accessible(phone);
  assert.equal((await phone.context().cookies()).some(({ name }) => name.includes('session')), false);
  await desk.getByLabel('Seks siffer fra den andre enheten').fill(await phone.locator('#siffer').innerText());
  await desk.getByRole('button', { name: 'Fortsett' }).click();
  await isIn(desk);

  // Who has another's credential and not its key is nobody.
  const thief = { credential: wallet.credential, holder: await generateKeyPair('ES256') };
  const other = await open(browser);
  assert.equal((await answer(await toWallet(other), thief)).error, 'invalid_request');

  await own.goto(`${issuer}/mine`);
  await accessible(own);
  await own.getByRole('button', { name: /^Trekk tilbake/ }).click();
  await own.getByText('Beviset er trukket tilbake').waitFor();
  await accessible(own);
});
