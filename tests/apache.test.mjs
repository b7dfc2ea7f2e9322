// A real Apache with libapache2-mod-auth-openidc in front of a page, as many agencies have it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { identify, launch, open } from './browser.mjs';
import { addClient, eventually, mothers, url } from './felles.mjs';
import { freePort } from './port.mjs';
import { Visitor } from './signin.mjs';

const MODULES = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'headers', 'auth_openidc'];
const AT = '/usr/lib/apache2/modules';
// ./test installs it where there is a Debian.
const skip = !existsSync(`${AT}/mod_auth_openidc.so`) && 'there is no mod_auth_openidc';
const started = [];

/** An Apache of its own on a free port, not the system's, with a page that only those who have signed in see. */
async function apache(settings) {
  const port = await freePort();
  const home = `http://localhost:${port}`;
  const dir = await mkdtemp(join(tmpdir(), 'felles-apache-'));
  await chmod(dir, 0o755);
  await mkdir(join(dir, 'sider'));
  await writeFile(join(dir, 'sider', 'index.html'), '<!doctype html><title>Skjermet</title><h1>Skjermet side</h1>');
  await writeFile(join(dir, 'sider', 'ute.html'), '<!doctype html><title>Ute</title><h1>Du er logget ut</h1>');
  const own = await settings({ home, dir });
  const lines = [
    `ServerRoot ${dir}`, 'ServerName localhost', `Listen 127.0.0.1:${port}`, `PidFile ${dir}/pid`, `ErrorLog ${dir}/log`, 'LogLevel warn',
    `DefaultRuntimeDir ${dir}`, `Mutex file:${dir}`,
    ...MODULES.map((name) => `LoadModule ${name}_module ${AT}/mod_${name}.so`),
    // Apache started by root goes on as somebody else.
    ...(process.getuid() === 0 ? ['User www-data', 'Group www-data'] : []),
    'StartServers 1', 'ThreadsPerChild 16', 'MinSpareThreads 4', 'MaxSpareThreads 32', 'MaxRequestWorkers 32', `DocumentRoot ${dir}/sider`, 'DirectoryIndex index.html',
    `OIDCProviderMetadataURL ${url}/idporten/.well-known/openid-configuration`,
    `OIDCRedirectURI ${home}/tilbake`, 'OIDCCryptoPassphrase en-lang-hemmelighet-for-proeven', 'OIDCScope "openid profile"',
    'OIDCPKCEMethod S256', 'OIDCRemoteUserClaim pid', 'OIDCCookieSameSite On',
    ...own,
    '<Location />', '  AuthType openid-connect', '  Require valid-user', '  Header set X-Person "expr=%{REMOTE_USER}"', '</Location>',
    '<Location /ute.html>', '  AuthType None', '  Require all granted', '</Location>',
  ];
  await writeFile(join(dir, 'apache.conf'), `${lines.join('\n')}\n`);
  const bin = process.env.FELLES_APACHE ?? '/usr/sbin/apache2';
  const child = spawn(bin, ['-f', join(dir, 'apache.conf'), '-DFOREGROUND'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const log = async () => (await readFile(join(dir, 'log'), 'utf8').catch(() => '')).split('\n').filter((line) => /error/.test(line)).join('\n');
  started.push(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    await rm(dir, { recursive: true, force: true });
  });
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`Apache did not start: ${await log()}`);
    return (await fetch(`${home}/ute.html`).catch(() => undefined))?.ok;
  });
  return { home, log };
}

const register = (home, ...args) =>
  addClient('idporten', '--url', url, '--redirect-uri', `${home}/tilbake`, '--post-logout-redirect-uri', `${home}/ute.html`,
    '--frontchannel-logout-uri', `${home}/tilbake?logout=get`, '--frontchannel-logout-session-required', ...args);

let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
  for (const stop of started) await stop();
});

test('Apache with a secret lets a person in, and out', { skip }, async () => {
  const [person] = (await mothers()).slice(43);
  const { home, log } = await apache(async ({ home }) => {
    const client = await register(home, '--auth', 'client_secret_basic');
    return [`OIDCClientID ${client.client_id}`, `OIDCClientSecret ${client.client_secret}`, 'OIDCProviderTokenEndpointAuth client_secret_basic'];
  });
  const visitor = new Visitor();
  const page = await visitor.identify(await visitor.get(`${home}/`), person);
  assert.match(page.text, /Skjermet side/, await log());
  assert.equal(page.headers['x-person'], person);
  assert.equal((await visitor.get(`${home}/`)).url, `${home}/`, 'the session lasts');

  // Signing out begins at Apache, which takes the person to ID-porten and is sent back to.
  const page_ = await open(browser);
  await page_.goto(`${home}/`);
  await identify(page_, person);
  await page_.getByRole('heading', { name: 'Skjermet side' }).waitFor();
  await page_.goto(`${home}/tilbake?logout=${encodeURIComponent(`${home}/ute.html`)}`);
  await page_.getByRole('heading', { name: 'Du er logget ut' }).waitFor();
  await page_.goto(`${home}/`);
  assert.ok(page_.url().startsWith(`${url}/idporten/`), `nobody is asked at ${page_.url()}`);
  await page_.context().close();
});

test('Apache with a key, signed out of by another service in the same browser', { skip }, async () => {
  const [person] = (await mothers()).slice(43);
  const { home, log } = await apache(async ({ home, dir }) => {
    const client = await register(home, '--alg', 'RS256');
    await writeFile(join(dir, 'key.pem'), client.private_key_pem, { mode: 0o644 });
    await writeFile(join(dir, 'public.pem'), createPublicKey(client.private_key_pem).export({ type: 'spki', format: 'pem' }));
    return [
      `OIDCClientID ${client.client_id}`, `OIDCPrivateKeyFiles "${client.kid}#${dir}/key.pem"`,
      // Without the public key, too, this version of the module ends at the first sign-in.
      `OIDCPublicKeyFiles "${client.kid}#${dir}/public.pem"`,
      // ID-porten demands the parameter, which RFC 7521 leaves optional and the module out.
      `OIDCProviderTokenEndpointParams client_id=${client.client_id}`, 'OIDCProviderTokenEndpointAuth private_key_jwt',
    ];
  });
  const page = await open(browser);
  await page.goto(`${home}/`);
  await identify(page, person);
  await page.getByRole('heading', { name: 'Skjermet side' }).waitFor().catch(async (error) => assert.fail(`${error}\n${await log()}`));

  // Signing out at ID-porten itself, as any other service asks for it: a hidden frame tells Apache.
  await page.goto(`${url}/idporten/logout`);
  await eventually(async () => {
    await page.goto(`${home}/`);
    return page.url().startsWith(`${url}/idporten/`);
  });
  await page.context().close();
});
