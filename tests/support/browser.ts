import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Names this machine as another one would: not as a loopback address, so not as a secure context either. */
export const OTHER_NAME = 'chat.example';

/** Debian's Chromium, without what it would look for on the network. */
export function startBrowser(): Promise<Browser> {
	return chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			`--host-resolver-rules=MAP ${OTHER_NAME} 127.0.0.1`,
		],
	});
}

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
	violations: readonly { id: string; help: string; nodes: readonly { html: string; failureSummary?: string }[] }[];
}

/** What axe finds on the page, one line for each place. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
	// `evaluate` is the debugger's and not held back by the page's policy.
	await page.evaluate(await axeSource);
	const { violations } = await page.evaluate<AxeResult>('axe.run(document)');
	return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`));
}
