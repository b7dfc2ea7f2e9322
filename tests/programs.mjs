// Programs of others, and the examples: each a process of its own, ended with the test file.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const root = new URL('..', import.meta.url).pathname;
/** The Python that has tests/requirements.txt: scripts/lib.sh makes it. */
export const python = process.env.FELLES_PYTHON ?? join(root, 'target/venv/bin/python');

const running = new Set();
const folders = [];

/** Writes a client's file as a developer keeps it, and gives its path. */
export async function file(client) {
  const folder = await mkdtemp(join(tmpdir(), 'felles-klient-'));
  folders.push(folder);
  const path = join(folder, 'client.json');
  await writeFile(path, JSON.stringify(client), { mode: 0o600 });
  return path;
}

/** Runs a program to its end: its standard output. */
export async function output(command, args, options) {
  return (await run(command, args, { maxBuffer: 1 << 24, ...options })).stdout;
}

/** Starts a program that is spoken with by lines; `tell` writes one, `line` waits for the next that it writes. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  running.add(child);
  let said = '';
  child.stderr.on('data', (data) => (said += data));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  ended.then(() => running.delete(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    said: () => said,
    tell: (text) => child.stdin.write(`${text}\n`),
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${command} ended: ${await ended} ${said}`);
      return value;
    },
  };
}

/** Ends what a test file has started. */
export async function end() {
  await Promise.all([...running].map((child) => new Promise((resolve) => child.once('exit', resolve).kill('SIGTERM'))));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}
