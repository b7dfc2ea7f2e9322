// A peer for Maskinporten: npm's oidc-provider, giving signed access tokens for assertions that a client signs, kept in
// memory only. Arguments: port, the client's public key as a JWK. Prints "ready".
import { Provider } from 'oidc-provider';

const [port, jwk] = process.argv.slice(2);
const { privateKey } = await crypto.subtle.generateKey(
  { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['sign', 'verify'],
);
const key = await crypto.subtle.exportKey('jwk', privateKey);
const issuer = `http://localhost:${port}`;
const provider = new Provider(issuer, {
  jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: 'peer' }] },
  clients: [{
    client_id: 'peer',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [JSON.parse(jwk)] },
  }],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:felles:bench',
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'read', accessTokenFormat: 'jwt', accessTokenTTL: 120, jwt: { sign: { alg: 'RS256' } } }),
    },
  },
  enabledJWA: { clientAuthSigningAlgValues: ['ES256'] },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
