// A peer for ID-porten: npm's oidc-provider, kept in memory only. Its sign-in page asks nothing: a client that comes to
// it is signed in. Arguments: port, the client's public key as a JWK, its redirect URI. Prints "ready".
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [port, jwk, redirect] = process.argv.slice(2);
const { privateKey } = await crypto.subtle.generateKey(
  { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['sign', 'verify'],
);
const key = await crypto.subtle.exportKey('jwk', privateKey);
const provider = new Provider(`http://localhost:${port}`, {
  jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: 'peer' }] },
  clients: [{
    client_id: 'peer',
    redirect_uris: [redirect],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [JSON.parse(jwk)] },
  }],
  cookies: { keys: ['peer'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  enabledJWA: { clientAuthSigningAlgValues: ['ES256'] },
});
const answer = provider.callback();
let person = 0;
createServer(async (request, response) => {
  if (!request.url.startsWith('/interaction/')) return answer(request, response);
  const { params } = await provider.interactionDetails(request, response);
  const accountId = `person-${person++}`;
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId: await grant.save() } });
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
