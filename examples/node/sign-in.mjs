// Signs people in to a service by ID-porten: `node sign-in.mjs client.json`, where the file is what `felles client add` printed.
import { readFileSync } from 'node:fs';
import express from 'express';
import session from 'express-session';
import { importPKCS8 } from 'jose';
import * as oidc from 'openid-client';

const client = JSON.parse(readFileSync(process.argv[2]));
const redirectUri = client.redirect_uris[0];
const home = new URL('/', redirectUri).href;

// ID-porten says itself where its endpoints and keys are. Without TLS the library has to be told; in production it is not.
const issuer = new URL(client.issuer);
const key = await importPKCS8(client.private_key_pem, client.alg);
const config = await oidc.discovery(issuer, client.client_id, undefined, oidc.PrivateKeyJwt({ key, kid: client.kid }), {
  execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
});

const app = express();
app.use(session({ secret: oidc.randomState(), resave: false, saveUninitialized: false, cookie: { httpOnly: true, sameSite: 'lax' } }));

app.get('/', ({ session }, response) => {
  response.send(session.person ? `<p>Hei, ${session.person.pid} <a href="/logout">Logg ut</a>` : '<a href="/login">Logg inn</a>');
});

app.get('/login', async ({ session }, response) => {
  const verifier = oidc.randomPKCECodeVerifier();
  session.checks = { pkceCodeVerifier: verifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
  const to = await oidc.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile',
    acr_values: 'idporten-loa-substantial',
    state: session.checks.expectedState,
    nonce: session.checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  response.redirect(to.href);
});

app.get(new URL(redirectUri).pathname, async (request, response) => {
  const { checks } = request.session;
  if (!checks) return response.redirect('/');
  // Checks state, issuer, signature, audience, nonce and times, or throws.
  const tokens = await oidc.authorizationCodeGrant(config, new URL(request.originalUrl, home), { ...checks, idTokenExpected: true });
  const { pid, acr } = tokens.claims();
  // A new session for somebody who has signed in, so that nobody holds it from before.
  await new Promise((done, fail) => request.session.regenerate((error) => (error ? fail(error) : done())));
  request.session.person = { pid, acr };
  request.session.idToken = tokens.id_token;
  response.redirect('/');
});

app.get('/logout', (request, response) => {
  const { idToken } = request.session;
  const to = oidc.buildEndSessionUrl(config, { id_token_hint: idToken, post_logout_redirect_uri: home });
  request.session.destroy(() => response.redirect(idToken ? to.href : '/'));
});

app.listen(Number(new URL(home).port), '127.0.0.1', () => console.log(`Åpne ${home}`));
