// An API that organisations call with tokens of Maskinporten, and signed-in people's services with tokens of ID-porten.
// `node api.mjs http://localhost:8080 PREFIX:SCOPE PORT`
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const [felles, scope, port] = process.argv.slice(2);

/** The metadata of an issuer, which must say that it is that issuer. */
async function issuer(name, document) {
  const metadata = await (await fetch(document)).json();
  if (metadata.issuer !== name) throw new Error(`${document} is of ${metadata.issuer}`);
  // Fetches the keys when they are needed, and again when a token names one that is not among them.
  return { name, keys: createRemoteJWKSet(new URL(metadata.jwks_uri)) };
}

const maskinporten = await issuer(`${felles}/maskinporten/`, `${felles}/maskinporten/.well-known/oauth-authorization-server`);
const idporten = await issuer(`${felles}/idporten`, `${felles}/idporten/.well-known/openid-configuration`);

/** Lets those in who bring a token of this issuer, with the scope, and for this API where it says for whom it is. */
const demand = ({ name, keys }) => async (request, response, next) => {
  const refuse = (status, error) => response.status(status).set('WWW-Authenticate', `Bearer error="${error}", scope="${scope}"`).json({ error });
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!token) return response.status(401).set('WWW-Authenticate', `Bearer scope="${scope}"`).end();
  try {
    // Signature, by an algorithm of ours; issuer; that it has not expired.
    const { payload } = await jwtVerify(token, keys, { issuer: name, algorithms: ['RS256'], requiredClaims: ['exp', 'client_id', 'scope'] });
    const audience = [payload.aud ?? []].flat().filter((one) => one !== 'unspecified');
    if (audience.length && !audience.includes(`http://localhost:${port}`)) return refuse(401, 'invalid_token');
    if (!payload.scope.split(' ').includes(scope)) return refuse(403, 'insufficient_scope');
    request.token = payload;
    next();
  } catch {
    refuse(401, 'invalid_token');
  }
};

const app = express();

app.get('/virksomhet', demand(maskinporten), ({ token }, response) => {
  // Who calls: the organisation, and whoever acts for it. `0192:` is the register of Norwegian organisations.
  response.json({ virksomhet: token.consumer.ID.replace('0192:', ''), leverandoer: token.supplier?.ID.replace('0192:', '') });
});

app.get('/person', demand(idporten), ({ token }, response) => {
  response.json({ person: token.pid, nivaa: token.acr });
});

app.listen(Number(port), '127.0.0.1', () => console.log(`http://localhost:${port}`));
