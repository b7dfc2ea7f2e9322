// Digital post as senders' software sends it: looked up by Kontaktregisteret's signed answer, packed and signed by Python, encrypted
// by OpenSSL, signed by jose; read by its person in a browser, and its package verified by signxml.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { CompactSign, compactVerify, decodeJwt, importPKCS8, importX509 } from 'jose';
import { launch, open, signIn } from './browser.mjs';
import { addClient, felles, url } from './felles.mjs';
import { token } from './maskinporten.mjs';
import { file, output, python, root } from './programs.mjs';

const SCOPES = ['digitalpostinnbygger:send', 'krr:global/digitalpost.read'];
let [client, bearer, key, certificate, folder, person, pid, browser] = [];

const pem = (der) => `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;
const json = async (path, options = {}) => {
  const answer = await fetch(url + path, { ...options, headers: { authorization: `Bearer ${bearer}`, ...options.headers } });
  assert.ok(answer.ok, `${path}: ${answer.status} ${answer.ok || (await answer.text())}`);
  return answer.json();
};

before(async () => {
  client = await addClient('maskinporten', '--url', url, ...SCOPES.flatMap((scope) => ['--scope', scope]));
  bearer = await token(url, client);
  folder = dirname(await file(client));
  const issued = await felles('certificate', 'test', '--orgnr', client.orgnr, '--url', url);
  [certificate] = issued.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/);
  [key] = issued.match(/-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----\n/);
  await writeFile(join(folder, 'key.pem'), key);
  await writeFile(join(folder, 'certificate.pem'), certificate);
  // A man: the other tests' letters go to mothers.
  const found = await fetch(`${url}/testpersoner/api/v1/soek?harPostkasse=true&reservert=false&kjoenn=mann&alderFra=60&antall=1`);
  [{ personidentifikator: pid }] = (await found.json()).treff;
  const looked = await json('/kontaktregisteret/rest/v2/personer', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ personidentifikatorer: [pid] }),
  });
  [person] = looked.personer;
  browser = await launch();
});
after(() => browser?.close());

/** Packs a letter and encrypts it to a certificate (base64 of DER). */
async function pack(letter, receiver, ...stream) {
  const at = (name) => join(folder, name);
  await writeFile(at('letter.json'), JSON.stringify(letter));
  await writeFile(at('receiver.pem'), pem(receiver));
  await output(python, [join(root, 'tests/digitalpost.py'), at('letter.asice'), at('key.pem'), at('certificate.pem'), at('letter.json')]);
  await output('openssl', ['cms', '-encrypt', '-binary', '-aes-256-cbc', '-outform', 'DER', ...stream, '-in', at('letter.asice'),
    '-out', at('letter.cms'), '-recip', at('receiver.pem'), '-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256']);
  return { package: await readFile(at('letter.asice')), cms: await readFile(at('letter.cms')) };
}

/** Sends a message of a type; its id, and the answer. */
async function send(type, content, receiver, cms, channel) {
  const party = (number) => [{ identifier: { authority: 'iso6523-actorid-upis', value: `0192:${number}` } }];
  const [id, conversation] = [randomUUID(), randomUUID()];
  const message = {
    standardBusinessDocument: {
      standardBusinessDocumentHeader: {
        headerVersion: '1.0', sender: party(client.orgnr), receiver: party(receiver),
        documentIdentification: {
          standard: `urn:fdc:digdir.no:2020:innbyggerpost:xsd::innbyggerpost##urn:fdc:digdir.no:2020:innbyggerpost:schema:${type}::1.0`,
          typeVersion: '1.0', instanceIdentifier: id, type, creationDateAndTime: new Date().toISOString(),
        },
        businessScope: { scope: [{ type: 'ConversationId', instanceIdentifier: conversation,
          identifier: `urn:fdc:digdir.no:2020:profile:egovernment:innbyggerpost:${type}:ver1.0`,
          scopeInformation: [{ expectedResponseDateTime: new Date(Date.now() + 86_400_000).toISOString() }] }] },
      },
      [type]: {
        avsender: { virksomhetsidentifikator: party(client.orgnr)[0].identifier }, maskinportentoken: bearer,
        dokumentpakkefingeravtrykk: { digestMethod: 'http://www.w3.org/2001/04/xmlenc#sha256', digestValue: createHash('sha256').update(cms).digest('base64') },
        ...content,
      },
    },
  };
  const x5c = [certificate.replace(/-----.*-----|\s/g, '')];
  const signed = await new CompactSign(new TextEncoder().encode(JSON.stringify(message)))
    .setProtectedHeader({ alg: 'RS256', x5c }).sign(await importPKCS8(key, 'RS256'));
  const form = new FormData();
  form.append('forretningsmelding', new Blob([signed], { type: 'application/jwt' }), 'sbd.jwt');
  form.append('dokumentpakke', new Blob([cms], { type: 'application/cms' }), 'asic.cms');
  const answer = await fetch(`${url}/dpi/api/v1/messages/out?kanal=${channel}`, {
    method: 'POST', headers: { authorization: `Bearer ${bearer}` }, body: form,
  });
  return { id, conversation, status: answer.status, body: await answer.json() };
}

/** The unread receipts of a channel, each verified with the certificate that it brings. */
async function receipts(channel) {
  const list = await json(`/dpi/api/v1/messages/in?kanal=${channel}&page_size=100`);
  return Promise.all(list.map(async ({ forretningsmelding }) => {
    const { protectedHeader, payload } = await compactVerify(forretningsmelding, ({ x5c }) => importX509(pem(x5c[0]), 'RS256'));
    assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'x5c']);
    const message = JSON.parse(new TextDecoder().decode(payload)).standardBusinessDocument;
    assert.deepEqual(decodeJwt(forretningsmelding).standardBusinessDocument, message);
    return message;
  }));
}

const letter = () => ({
  avsender: client.orgnr, postkasseadresse: person.digital_post.postkasseadresse,
  dokumenter: [
    { navn: 'vedtak.pdf', mime: 'application/pdf', tittel: 'Vedtak om noe', innhold: Buffer.from('%PDF-1.7\n%%EOF\n').toString('base64') },
    { navn: 'mer om saken (æøå).txt', mime: 'text/plain', tittel: 'Mer om saken', innhold: Buffer.from('Blåbær').toString('base64') },
  ],
});
const digital = () => ({ mottaker: { postkasseadresse: person.digital_post.postkasseadresse }, sikkerhetsnivaa: 3, ikkesensitivtittel: 'Et brev i pakke', spraak: 'no', aapningskvittering: true });

test('a signed and encrypted letter is read by its person, and its signature still holds', async () => {
  assert.ok(person.sertifikat, 'Kontaktregisteret gives the certificate');
  const made = await pack(letter(), person.sertifikat, '-stream');
  const sent = await send('digital', digital(), person.digital_post.postkasseleverandoeradresse, made.cms, 'ende');
  assert.deepEqual([sent.status, sent.body.status], [201, 'SENDT'], JSON.stringify(sent.body));

  const page = await open(browser, { javaScriptEnabled: false });
  await signIn(page, pid, '/innboks');
  await page.getByRole('link', { name: 'Et brev i pakke' }).click();
  // The sender is told, which the person agrees to first.
  await page.getByRole('button', { name: /Åpne brevet \(PDF/ }).click();
  await page.goto(`${url}/innboks/${sent.id}`);
  const link = page.getByRole('link', { name: 'Mer om saken' });
  const request = page.context().request;
  const attachment = await request.get(url + (await link.getAttribute('href')));
  assert.equal(await attachment.text(), 'Blåbær');
  assert.match(attachment.headers()['content-security-policy'], /^sandbox allow-popups .*; default-src 'none'/);
  const whole = await request.get(url + (await page.getByRole('link', { name: /med signaturen/ }).getAttribute('href')));
  assert.equal(whole.headers()['content-type'], 'application/vnd.etsi.asic-e+zip');
  assert.ok((await whole.body()).equals(made.package), 'the package is as it was signed');
  const saved = join(folder, 'saved.asice');
  await writeFile(saved, await whole.body());
  await output(python, [join(root, 'tests/asice.py'), saved, join(folder, 'certificate.pem')]);
  await output('unzip', ['-tq', saved]);

  const told = await receipts('ende');
  assert.deepEqual(told.map((one) => one.standardBusinessDocumentHeader.documentIdentification.type), ['leveringskvittering', 'aapningskvittering']);
  for (const { standardBusinessDocumentHeader: header } of told) {
    assert.equal(header.businessScope.scope[0].instanceIdentifier, sent.conversation);
    const read = await fetch(`${url}/dpi/api/v1/messages/in/${header.documentIdentification.instanceIdentifier}/read`, { method: 'POST', headers: { authorization: `Bearer ${bearer}` } });
    assert.equal(read.status, 200);
  }
  assert.deepEqual(await receipts('ende'), []);
  const statuses = await json(`/dpi/api/v1/messages/out/${sent.id}/statuses`);
  assert.deepEqual(statuses.map(({ status }) => status), ['OPPRETTET', 'SENDT']);
});

test('a letter to print is encrypted to the printer, whose certificate anybody may have', async () => {
  const answer = await fetch(`${url}/kontaktregisteret/rest/v2/printSertifikat`);
  const printer = await answer.json();
  const paper = { ...letter(), dokumenter: letter().dokumenter.slice(0, 1) };
  const { cms } = await pack(paper, printer.x509Sertifikat);
  const address = { navn: 'Kari Nordmann', adresselinje1: 'Storgata 1', postnummer: '0155', poststed: 'Oslo' };
  const content = { mottaker: address, utskriftstype: 'SORT_HVIT', retur: { mottaker: address, returposthaandtering: 'DIREKTE_RETUR' } };
  const sent = await send('utskrift', content, printer.postkasseleverandoerAdresse, cms, 'trykk');
  assert.deepEqual([sent.status, sent.body.status], [201, 'SENDT'], JSON.stringify(sent.body));
  assert.deepEqual((await receipts('trykk')).map((one) => Object.keys(one)[1]), ['mottakskvittering']);
});

test('a package that says another thing than its message is not delivered, and its sender is told', async () => {
  const made = await pack({ ...letter(), avsender: '310000019' }, person.sertifikat);
  const sent = await send('digital', digital(), person.digital_post.postkasseleverandoeradresse, made.cms, 'feil');
  assert.deepEqual([sent.status, sent.body.status], [201, 'FEILET']);
  const [fault] = await receipts('feil');
  assert.equal(fault.feil.feiltype, 'KLIENT');
  assert.match(fault.feil.detaljer, /Avsenderen i manifestet/);
});
