// Authlib's sessions over requests and over httpx. Its Flask client is in the example of the guide: see guides.test.mjs.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { addClient, mothers, url } from './felles.mjs';
import { end, file, python, root, start } from './programs.mjs';
import { Visitor } from './signin.mjs';

after(end);

const redirect = 'http://127.0.0.1:1/callback';
for (const [library, auth] of [['requests', 'private_key_jwt'], ['httpx', 'client_secret_post'], ['requests', 'client_secret_basic'], ['httpx', 'private_key_jwt']]) {
  test(`Authlib over ${library} with ${auth}: sign-in, userinfo, refresh, revocation`, async () => {
    const [person] = (await mothers()).slice(44);
    const client = await addClient('idporten', '--url', url, '--redirect-uri', redirect, '--auth', auth, '--refresh-tokens');
    const program = start(python, [`${root}tests/python/authlib_session.py`, library, await file(client)]);
    program.tell((await new Visitor().signIn(await program.line(), person, redirect)).href);
    assert.deepEqual(JSON.parse(await program.line()), { pid: person, userinfo: person });
  });
}
