// NAV's validator of identity numbers, which knows the rule of 2032, beside ours: on numbers that we draw, on altered ones,
// and on every number of the nation that is served.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { idnr } from '@navikt/fnrvalidator';
import { bin, felles, register } from './felles.mjs';

const MILLION = 1_000_000;
const drawn = (await felles('nummer', 'draw', '--count', String(MILLION), '--seed', '7')).trim().split('\n');

/** What our program says of each number. */
async function verdicts(numbers) {
  const program = spawn(bin, ['nummer', 'check'], { stdio: ['pipe', 'pipe', 'inherit'] });
  program.stdin.end(`${numbers.join('\n')}\n`);
  const said = [];
  for await (const part of program.stdout.setEncoding('utf8')) said.push(part);
  return said.join('').trimEnd().split('\n');
}

test('a million drawn numbers are valid to NAV and to us', async () => {
  assert.equal(drawn.length, MILLION);
  assert.ok(new Set(drawn).size > 900_000, 'they are spread');
  assert.deepEqual(drawn.filter((number) => idnr(number).status !== 'valid').slice(0, 5), []);
  const said = await verdicts(drawn);
  assert.deepEqual(said.filter((verdict) => !verdict.startsWith('syntetisk')).slice(0, 5), []);
});

test('of a million altered numbers we think what NAV thinks', async () => {
  // Repeatable, so that a disagreement can be looked at again.
  let state = 1;
  const below = (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  const altered = drawn.map((number) => {
    const digits = [...number];
    const at = below(10);
    switch (below(5)) {
      case 0: digits[at] = String(below(10)); break;
      case 1: [digits[at], digits[at + 1]] = [digits[at + 1], digits[at]]; break;
      // Another first control digit and every last one: the numbers of 2032 are among them.
      case 2: [digits[9], digits[10]] = [String(below(10)), String(below(10))]; break;
      // A real series, a hospital's, none.
      case 3: digits[2] = String(below(10)); digits[10] = String(below(10)); break;
      default: digits.splice(at, 1 + below(2), ...String(below(1000)));
    }
    return digits.join('');
  });
  const ours = await verdicts(altered);
  let [valid, apart] = [0, 0];
  altered.forEach((number, n) => {
    const theirs = idnr(number).status === 'valid';
    const we = !ours[n].startsWith('ugyldig');
    valid += theirs;
    // NAV's own test people (month + 65) are more than the package knows.
    if (we && !theirs && Number(number.slice(2, 4)) - 65 >= 1 && Number(number.slice(2, 4)) - 65 <= 12) apart += 1;
    else assert.equal(we, theirs, `${number}: ${ours[n]}, to NAV ${JSON.stringify(idnr(number))}`);
  });
  assert.ok(valid > 40_000, `only ${valid} are valid still: the comparison says little`);
  console.log(`${valid} valid to both; ${apart} of NAV's series + 65, to us alone`);
});

test('every number of the nation is valid to NAV', async () => {
  const numbers = (await register()).flatMap(({ identifikasjonsnummer }) =>
    identifikasjonsnummer.map(({ foedselsEllerDNummer }) => foedselsEllerDNummer));
  assert.ok(numbers.length >= 3000);
  assert.deepEqual(numbers.filter((number) => idnr(number).status !== 'valid'), []);
});
