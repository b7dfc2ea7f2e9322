// The Felles that run.mjs has started: its address, its command line, its people.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const bin = process.env.FELLES_BIN ?? new URL('../target/debug/felles', import.meta.url).pathname;
export const url = process.env.FELLES_URL;

/** Runs a command of the program on the same installation; its standard output. */
export async function felles(...args) {
  return (await run(bin, args, { maxBuffer: 1 << 24 })).stdout;
}

/** Registers a client as a newcomer would, and gives what the command printed. */
export async function addClient(...args) {
  return JSON.parse(await felles('client', 'add', ...args));
}

const read = (name) => readFile(join(process.env.FELLES_DATA, 'nation', name), 'utf8');

/** The people whom the sign-in page suggests, with their circumstances. */
export const people = async () => JSON.parse(await read('testpersoner.json'));

/** The person whom the sign-in page suggests as `who`, the beginning of the description. */
export async function suggested(who) {
  const all = await people();
  const found = all.find(({ hvem }) => hvem.startsWith(who));
  if (!found) throw new Error(`nobody is suggested as ${who}: ${all.map(({ hvem }) => hvem).join('; ')}`);
  return found.personidentifikator;
}

/** Where the same nation stands once more, as files; made at the first use. */
let again;
async function nation() {
  const out = await mkdtemp(join(process.env.FELLES_DATA, 'again-'));
  await felles('nation', '--out', out);
  return out;
}

/** What a register was given, of people unless another is named. */
export async function register(name = 'folkeregister') {
  again ??= nation();
  const lines = (await readFile(join(await again, `${name}.jsonl`), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** Women who can have a child in these days and whose case a machine may decide. Each test takes its own. */
export const mothers = async () => (await read('moedre.txt')).trim().split('\n');

/** Calls `attempt` until it gives something, or fails after `ms`. */
export async function eventually(attempt, ms = 5000) {
  const ends = Date.now() + ms;
  for (;;) {
    const found = await attempt();
    if (found) return found;
    if (Date.now() > ends) throw new Error(`not within ${ms} ms: ${attempt}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
