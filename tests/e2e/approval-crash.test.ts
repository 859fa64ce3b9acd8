import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Approval, ApprovalDecision, ApprovalItem } from '../../src/core/approval.ts';
import type { PlacedMessage } from '../../src/core/gateway.ts';
import { text, tool } from '../platforms/mcp-server/behaviour.ts';
import { startMcpHttpServer } from '../platforms/mcp-server/http-server.ts';
import { temporaryFolder } from '../support/command.ts';
import { isFinal, type Page, startPage } from '../support/page.ts';

const CONFIG = ['--config', 'tests/e2e/fixtures/approval.yaml'];
const closing: (() => Promise<void>)[] = [];

afterAll(async () => {
	await Promise.all(closing.map((close) => close()));
});

/** A folder, and a server that counts what is charged. */
async function world() {
	const folder = await temporaryFolder();
	const till = await startMcpHttpServer({ tools: [tool('charge')], call: () => text('charged') });
	closing.push(folder.remove, till.close);
	const dataDir = folder.path;
	return {
		dataDir,
		commits: join(dataDir, 'commits'),
		env: { DATA_DIR: dataDir, TILL_URL: till.url },
		charges: () => till.received.filter(({ method }) => method === 'tools/call').length,
		notices: async () => {
			const board = await readFile(join(dataDir, 'noticeboard.md'), 'utf8').catch(() => '');
			return board.split('The shop is open.').length - 1;
		},
	};
}

const cardsIn = (messages: readonly PlacedMessage[]): Approval[] =>
	messages.flatMap(({ message }) => (message.type === 'approval' ? [message.approval] : []));

const isAsked = (messages: readonly PlacedMessage[]) =>
	isFinal(messages) || cardsIn(messages).some(({ items }) => items.some(({ state }) => state === 'pending'));

const yes = ({ question }: ApprovalItem): ApprovalDecision['verdict'] =>
	question === 'run' ? { type: 'approve', forRun: false } : { type: 'outcome', outcome: 'happened' };

/** Lets everything run that is asked about, until the result is there. */
async function pressOn(page: Page, id: string): Promise<readonly PlacedMessage[]> {
	for (;;) {
		const messages = await page.until(id, isAsked);
		if (isFinal(messages)) return messages;
		for (const { id: approval, items } of cardsIn(messages)) {
			for (const item of items.filter(({ state }) => state === 'pending')) {
				const { callId, revision } = item;
				await page.post(`/api/threads/${id}/decision`, { approval, callId, revision, verdict: yes(item) });
			}
		}
	}
}

/** Asks on the page, and presses on in a process that dies at its n-th commit (0: never). */
async function askAndDie(at: number, when: 'before' | 'after') {
	const made = await world();
	const env = { ...made.env, CRASH_AT: String(at), CRASH_WHEN: when, COMMITS: made.commits };
	const page = await startPage('tests/e2e/crash-child.ts', ['start', ...CONFIG], { env });
	const thread = page.ask('Open the shop').then((id) => pressOn(page, id));
	if (at === 0) {
		const messages = await thread;
		page.running.process.kill('SIGTERM');
		await page.running.ended;
		return { ...made, messages, count: (await readFile(made.commits, 'utf8')).length };
	}
	thread.catch(() => {});
	await page.running.ended;
	return { ...made, messages: [], count: 0 };
}

const finalOf = (messages: readonly PlacedMessage[]) =>
	messages.flatMap(({ message }) => (message.type === 'final' ? [[message.outcome, message.content]] : []));

describe('kill -9 while a call waits for people and runs', async () => {
	const whole = await askAndDie(0, 'before');
	const cases = Array.from({ length: whole.count }, (_, index) => index + 1).flatMap((at) => [
		{ at, when: 'before' as const },
		{ at, when: 'after' as const },
	]);

	it('undisturbed: both calls run once, after one card with two items', async () => {
		expect(finalOf(whole.messages)).toEqual([['answered', 'Both were decided.']]);
		expect([await whole.notices(), whole.charges()]).toEqual([1, 1]);
		const cards = cardsIn(whole.messages);
		expect(cards).toHaveLength(1);
		expect(cards[0]?.items).toMatchObject([
			{ tool: 'post_notice', state: 'approved', effect: 'done', votes: [{ decision: 'approve' }] },
			{ tool: 'till__charge', state: 'approved', effect: 'done' },
		]);
		expect(whole.count).toBeGreaterThan(12);
	});

	it.concurrent.each(cases)(
		'case 16: $when commit $at: nothing happens twice, and the run ends as undisturbed',
		async (one) => {
			const died = await askAndDie(one.at, one.when);
			const page = await startPage('src/main.ts', ['start', ...CONFIG], { env: died.env });
			try {
				const [thread] = await page.threads();
				// Up to the commit that opens the run, nothing was promised.
				if (thread === undefined) return expect(one.at).toBeLessThan(5);
				const messages = await pressOn(page, thread.id);
				expect(finalOf(messages)).toEqual(finalOf(whole.messages));
				expect(await died.notices()).toBe(1);
				const asked = cardsIn(messages).flatMap(({ items }) => items);
				// A charge that may have happened is never made again: a person was asked, and said that it had.
				const unknown = asked.filter(({ question }) => question === 'outcome');
				expect(unknown.every(({ tool: name }) => name === 'till__charge')).toBe(true);
				expect(died.charges()).toBeLessThanOrEqual(1);
				if (unknown.length === 0) expect(died.charges()).toBe(1);
			} finally {
				page.running.process.kill('SIGTERM');
				await page.running.ended;
			}
		},
	);
}, 600_000);
