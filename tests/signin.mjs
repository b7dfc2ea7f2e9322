// A person at ID-porten without a browser: cookies, redirects and the form of the test eID, as any HTTP client has them.
// Everything that knows how ID-porten's pages look stands here and in `identify` of browser.mjs.
import assert from 'node:assert/strict';
import { request } from 'node:http';

const decode = (text) => text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" })[name]);
const attribute = (tag, name) => {
  const found = tag.match(new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i'));
  return found && decode(found[1] ?? found[2] ?? found[3]);
};

/** The forms of a page: where each is sent, how, and what it holds. */
export function forms(page) {
  return [...page.text.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/gi)].map(([html]) => {
    const tag = html.match(/<form\b[^>]*>/i)[0];
    const fields = {};
    for (const [input] of html.matchAll(/<input\b[^>]*>/gi)) {
      const type = attribute(input, 'type') ?? 'text';
      const chosen = !['radio', 'checkbox'].includes(type) || /\schecked\b/i.test(input);
      if (attribute(input, 'name') && chosen && type !== 'submit') fields[attribute(input, 'name')] = attribute(input, 'value') ?? '';
    }
    return {
      id: attribute(tag, 'id'),
      method: (attribute(tag, 'method') ?? 'get').toUpperCase(),
      action: new URL(attribute(tag, 'action') ?? '', page.url).href,
      fields,
    };
  });
}

/** One request as a browser makes it when a person follows a link. (`fetch` says that a script asks, and is answered as one.) */
function navigate(method, address, body, cookies) {
  const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'user-agent': 'felles-tests' };
  if (cookies.length) headers.cookie = cookies.join('; ');
  if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
  return new Promise((resolve, reject) => {
    const asked = request(address, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (data) => (text += data)).on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    asked.on('error', reject).end(body?.toString());
  });
}

/** What a browser keeps between requests: its cookies. Follows redirects until an address that `stop` names. */
export class Visitor {
  #cookies = new Map();

  #jar(host) {
    if (!this.#cookies.has(host)) this.#cookies.set(host, new Map());
    return this.#cookies.get(host);
  }

  /** What a browser sends an address of its cookies, each as `name=value`. They are the host's, whatever its port. */
  cookies(address) {
    const { hostname, pathname } = new URL(address);
    return [...this.#jar(hostname)].filter(([, { path }]) => pathname.startsWith(path)).map(([name, { value }]) => `${name}=${value}`);
  }

  /** `stop` is the beginning of an address that is not asked for any more: whose it is reads it from `url`. */
  async send(method, address, { form, stop } = {}) {
    let [to, how, body] = [new URL(address), method, form && new URLSearchParams(form)];
    for (let hops = 0; hops < 20; hops += 1) {
      if (stop && to.href.startsWith(stop)) return { url: to.href, status: 0, text: '' };
      const answer = await navigate(how, to, body, this.cookies(to));
      const jar = this.#jar(to.hostname);
      for (const line of answer.headers['set-cookie'] ?? []) {
        const [pair, ...attributes] = line.split(';').map((part) => part.trim());
        const [name, ...value] = pair.split('=');
        const at = (wanted) => attributes.find((one) => one.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
        const gone = at('max-age') === '0' || new Date(at('expires') ?? '2999-01-01') < new Date();
        if (gone) jar.delete(name);
        else jar.set(name, { value: value.join('='), path: at('path') ?? '/' });
      }
      const { location } = answer.headers;
      if (!location || answer.status < 300 || answer.status > 399) return { url: to.href, ...answer };
      to = new URL(location, to);
      if (answer.status === 303 || (how === 'POST' && answer.status < 307)) [how, body] = ['GET', undefined];
    }
    throw new Error(`no end of redirects: ${to}`);
  }

  get(address, options) {
    return this.send('GET', address, options);
  }

  post(address, form, options) {
    return this.send('POST', address, { ...options, form });
  }

  /** Sends a form of a page, with changed or further fields. */
  submit(form, fields, options) {
    assert.ok(form, 'the page has no such form');
    return this.send(form.method, form.action, { ...options, form: { ...form.fields, ...fields } });
  }

  /** At ID-porten's page: the person shows who they are with the test eID. Ends at `stop`, or at whatever the service shows. */
  async identify(page, person, options) {
    const form = forms(page).find(({ fields }) => 'personidentifikator' in fields);
    assert.ok(form, `no test eID at ${page.url}: ${page.status} ${page.text.slice(0, 2000)}`);
    return this.submit(form, { personidentifikator: person }, options);
  }

  /** From an authorization request to the address that the browser is sent back to, which begins with `back`. */
  async signIn(authorization, person, back) {
    const page = await this.get(authorization, { stop: back });
    const returned = page.status === 0 ? page : await this.identify(page, person, { stop: back });
    assert.ok(returned.url.startsWith(back), `not back at ${back} but at ${returned.url}: ${returned.text.slice(0, 2000)}`);
    return new URL(returned.url);
  }
}
