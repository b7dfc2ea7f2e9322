// Starts a real Felles on the store that FELLES_E2E_STORE names (SQLite, or a PostgreSQL URL) and runs every *.test.mjs
// against it. Commands that the tests call find the same installation through the environment.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin } from './felles.mjs';
import { freePort } from './port.mjs';

const data = await mkdtemp(join(tmpdir(), 'felles-'));
const port = await freePort();
const store = process.env.FELLES_E2E_STORE ?? 'sqlite';
const env = { ...process.env, FELLES_URL: `http://localhost:${port}`, FELLES_DATA: data, FELLES_POPULATION: '3000' };
if (store !== 'sqlite') Object.assign(env, { FELLES_STORE: store, FELLES_STORE_PREFIX: `e2e${port}_` });

const felles = spawn(bin, ['up', '--listen', `127.0.0.1:${port}`], {
  env,
  stdio: ['ignore', 'ignore', 'inherit'],
});
const ended = new Promise((resolve) => felles.once('exit', resolve));
let status = 1;
try {
  for (let tries = 0; ; tries += 1) {
    if (felles.exitCode !== null || tries > 600) throw new Error('felles up did not start');
    const answer = await fetch(`${env.FELLES_URL}/ready`).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const named = process.argv.slice(2);
  const all = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.test.mjs'));
  const files = (named.length ? named : all.sort()).map((name) => join(import.meta.dirname, name));
  const test = spawn(process.execPath, ['--test', '--test-concurrency=1', ...files], { env, stdio: 'inherit' });
  status = await new Promise((resolve) => test.once('exit', resolve));
} finally {
  felles.kill('SIGTERM');
  await ended;
  await rm(data, { recursive: true, force: true });
}
process.exit(status ?? 1);
