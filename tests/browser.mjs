// A real browser, and what a person does in it.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { url } from './felles.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The browser of a test file; ended by the test runner's `after`. */
export function launch() {
  return chromium.launch({ executablePath: process.env.FELLES_CHROMIUM, args: ['--no-sandbox', '--force-color-profile=srgb'] });
}

/** A page of its own, without anything from another. A script error or a refused style is a fault of the test that meets it. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ locale: 'nb-NO', ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/.test(message.text())) page.faults.push(message.text());
  });
  return page;
}

/** Fills in ID-porten's test eID, where the page stands at it. */
export async function identify(page, person) {
  await page.getByRole('textbox').first().fill(person);
  await page.locator('form').filter({ has: page.getByRole('textbox') }).getByRole('button').first().click();
}

/** Signs a person in to the portal, as they would from its front page; `at` is another installation than the tests' own. */
export async function signIn(page, person, path = '/min-situasjon', at = url) {
  await page.goto(at + path);
  if (!page.url().includes('/idporten/')) await page.getByRole('link', { name: /logg inn/i }).first().click();
  await identify(page, person);
  await page.waitForURL((now) => !now.pathname.startsWith('/idporten'));
  assert.ok(!page.url().includes('/idporten/'), `still at ${page.url()}`);
}

/** Fails where axe-core finds something on the page, with all that it says. */
export async function accessible(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const told = violations.map((v) => `${v.id} (${v.impact}): ${v.help}\n${v.nodes.map((n) => `    ${n.html}\n    ${n.failureSummary}`).join('\n')}`);
  assert.deepEqual(told, [], `${page.url()} has faults of accessibility:\n${told.join('\n')}`);
  assert.deepEqual(page.faults, [], `${page.url()}`);
}
