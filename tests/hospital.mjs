// A hospital's own program: nothing of Felles in it but addresses and what `felles client add` printed.
import { randomUUID } from 'node:crypto';
import { addClient, eventually, url } from './felles.mjs';
import { token } from './maskinporten.mjs';

export const REPORT = 'folkeregister:mottak/foedselsmelding';
export const FOLLOW = 'felles:reise.les';

/** Registers the hospital and gets its first token. */
export async function hospital() {
  const client = await addClient('maskinporten', '--url', url, '--scope', REPORT, '--scope', FOLLOW);
  return { client, bearer: await token(url, client) };
}

export const today = () => new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Oslo' });

/** A report of a living girl born today; `changes` are laid over the birth. */
export function report(mother, changes = {}, id = randomUUID()) {
  return {
    meldingsId: id,
    foedsel: {
      foreldreBorSammen: true,
      barn: { foedselsdato: today(), erLevendefoedt: true, kjoenn: 'kvinne' },
      mor: { foedselsEllerDNummer: mother },
      foedested: { foedselsinstitusjonsnavn: 'Felles universitetssykehus', foedekommunenummer: '0301' },
      ...changes,
    },
  };
}

const headers = (bearer) => ({ authorization: `Bearer ${bearer}`, 'content-type': 'application/json' });

/** Sends a report, or whatever body is given; the status and the JSON of the answer. */
export async function send({ bearer }, body) {
  const answer = await fetch(`${url}/folkeregisteret/mottak/api/v1/foedselsmelding`, {
    method: 'POST',
    headers: headers(bearer),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : undefined };
}

/** The journey of a child, once it fulfils `wanted`. */
export function journey({ bearer }, child, wanted) {
  return eventually(async () => {
    const answer = await fetch(`${url}/livshendelser/api/v1/reiser/sok`, {
      method: 'POST',
      headers: headers(bearer),
      body: JSON.stringify({ barn: child }),
    });
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    const found = await answer.json();
    return wanted(found) ? found : undefined;
  });
}

/** Reports a birth that ends at a caseworker's desk. */
export async function birthWithTask(at, mother) {
  const { status, body } = await send(at, report(mother));
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return journey(at, body.foedselsEllerDNummer, (found) => found.steg.some((step) => step.status === 'oppgave'));
}

/** Reports a birth and waits for the letter. */
export async function birthWithLetter(at, mother) {
  const { status, body } = await send(at, report(mother));
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  const child = body.foedselsEllerDNummer;
  return { child, journey: await journey(at, child, (found) => found.brev) };
}
