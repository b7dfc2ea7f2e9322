// A Felles of a test's own, with data of its own: for what would change too much for the other tests.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bin } from './felles.mjs';
import { freePort } from './port.mjs';

const run = promisify(execFile);

/** Starts it: where it is, its commands, what it has logged, its end. `settings` go into its environment. */
export async function install(settings) {
  const data = await mkdtemp(join(tmpdir(), 'felles-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = { ...process.env, FELLES_URL: url, FELLES_DATA: data, ...settings };
  if (env.FELLES_STORE) env.FELLES_STORE_PREFIX = `egen${port}_`;
  const server = spawn(bin, ['up', '--listen', `127.0.0.1:${port}`], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text));
  const end = async () => {
    server.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  for (let tries = 0; ; tries += 1) {
    if (server.exitCode !== null || tries > 600) {
      await end();
      throw new Error(`felles up did not start: ${log.slice(-2000)}`);
    }
    if ((await fetch(`${url}/ready`).catch(() => undefined))?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const felles = async (...args) => (await run(bin, args, { env, maxBuffer: 1 << 26 })).stdout;
  return { url, data, felles, log: () => log, end };
}
