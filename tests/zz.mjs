import { readFileSync } from 'node:fs';
import { importPKCS8 } from 'jose';
import * as oidc from 'openid-client';
const c = JSON.parse(readFileSync('/tmp/oc.json','utf8'));
const key = await importPKCS8(c.pem, 'RS256');
const redirect = 'http://127.0.0.1:9911/callback';
for (const [id, auth] of [['oc', oidc.PrivateKeyJwt({key, kid: c.kid})], ['ocs', oidc.ClientSecretBasic(c.secret)]]) {
  const config = await oidc.discovery(new URL('http://localhost:8099/idporten'), id, undefined, auth, { execute: [oidc.allowInsecureRequests] });
  console.log('pkce', config.serverMetadata().supportsPKCE());
  const jar = {};
  const go = async (url, init={}) => { const r = await fetch(url, {redirect:'manual', ...init, headers: {...(init.headers??{}), cookie: Object.entries(jar).map(([k,v])=>`${k}=${v}`).join('; ')}}); for (const s of r.headers.getSetCookie()) { const [k,v]=s.split(';')[0].split('='); jar[k]=v; } return r; };
  for (const mode of ['query','query.jwt','par']) {
    const verifier = oidc.randomPKCECodeVerifier();
    const p = { redirect_uri: redirect, scope: 'openid profile', code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', prompt: 'login' };
    const nonce = oidc.randomNonce(), state = oidc.randomState();
    if (mode !== 'query') { p.nonce = nonce; p.state = state; }
    if (mode === 'query.jwt') { oidc.useJwtResponseMode(config); }
    const to = mode === 'par' ? await oidc.buildAuthorizationUrlWithPAR(config, p) : oidc.buildAuthorizationUrl(config, p);
    let r = await go(to); 
    const page = r.headers.get('location'); r = await go(page);
    console.log(mode, r.status, page.slice(0,60));
    r = await go('http://localhost:8099/idporten/innlogging', {method:'POST', body: new URLSearchParams({id: new URL(page).searchParams.get('id'), personidentifikator: c.pid})});
    const back = new URL(r.headers.get('location'));
    const checks = mode === 'query' ? { pkceCodeVerifier: verifier, idTokenExpected: true } : { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state, idTokenExpected: true };
    const t = await oidc.authorizationCodeGrant(config, back, checks);
    console.log(t.claims());
    console.log(await oidc.fetchUserInfo(config, t.access_token, t.claims().sub));
    if (t.refresh_token) { const n = await oidc.refreshTokenGrant(config, t.refresh_token); console.log('refreshed', n.expires_in); await oidc.tokenRevocation(config, n.refresh_token); await oidc.refreshTokenGrant(config, n.refresh_token).then(()=>console.log('BAD'), e => console.log(e.error)); }
    if (mode === 'par') { const out = oidc.buildEndSessionUrl(config, { id_token_hint: t.id_token, post_logout_redirect_uri: redirect, state: 's' }); r = await go(out); console.log(r.status, r.headers.get('location')); }
  }
}
