import { beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/core/run.ts';
import { freePort } from '../../support/free-port.ts';
import { requireService } from '../../support/services.ts';
import { comparable, type Stage, stage } from './stage.ts';

const QUESTION = 'the outage';
const SLOW = { timeout: 60_000 };

beforeEach((context) => requireService('redis', context));

const isAnswer = (entry: JournalEntry) => entry.type === 'signalled' && entry.signal.type === 'answered';
const isResumed = (entry: JournalEntry) => entry.type === 'resumed';
const isEnd = (text: string) =>
	/\[Retry\]/.test(text) && text.includes('Presented for') && text.includes('model calls');

const ask = (on: Stage, question = QUESTION) => on.ada.say(on.general, `<@${on.discord.clientId}> ${question}`);
const ended = (on: Stage) => on.discord.until('the end', () => isEnd(on.thread()));

let reference: Promise<string> | null = null;
/** The thread of a run to which nothing happens but that the queue forgets it; the others are compared with it. */
const undisturbed = (): Promise<string> => {
	reference ??= forgotten();
	return reference;
};

async function forgotten(): Promise<string> {
	const on = await stage();
	await on.start('gateway');
	ask(on);
	const run = await on.run();
	await on.flushQueue();
	await on.start('worker');
	await ended(on);
	expect((await on.journal(run)).filter(isResumed)).toHaveLength(1);
	expect(on.discord.violations).toEqual([]);
	return comparable(on.thread());
}

/** A gateway and two workers, one of which has got as far as the first answer. */
async function halfway() {
	const on = await stage();
	const gateway = await on.start('gateway');
	const workers = await Promise.all([on.start('worker'), on.start('worker')]);
	ask(on);
	const run = await on.run();
	await on.entry(run, isAnswer);
	return { on, gateway, run, workers, holder: await on.holder(run, workers) };
}

async function expectWhole(on: Stage) {
	await ended(on);
	expect(comparable(on.thread())).toEqual(await undisturbed());
	expect(on.discord.violations).toEqual([]);
}

it('case 52: a run that the queue has lost before anybody looked is done all the same', SLOW, async () => {
	expect(await undisturbed()).toContain('Presented for');
});

it('a worker tells how it is, though it has no page', SLOW, async () => {
	const on = await stage();
	const port = await freePort();
	const worker = await on.start('worker', { PROBE_PORT: String(port) });
	const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
	expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
	expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('nodejs_heap_size_used_bytes');
	worker.process.kill('SIGTERM');
	expect(await worker.ended).toMatchObject({ code: 0 });
});

describe('a gateway and two workers show the same thread as if nothing had happened', () => {
	it('when a worker is killed in the middle of a run', SLOW, async () => {
		const { on, run, holder } = await halfway();
		holder.process.kill('SIGKILL');
		await on.entry(run, isResumed, 2);
		await expectWhole(on);
	});

	it('case 53: when a worker stands still beyond its lease, and goes on while another has its run', SLOW, async () => {
		const { on, run, holder } = await halfway();
		holder.process.kill('SIGSTOP');
		await on.entry(run, isResumed, 2);
		holder.process.kill('SIGCONT');
		await on.alive(holder);
		await expectWhole(on);
		const length = (await on.journal(run)).length;
		await on.alive(holder);
		expect(await on.journal(run)).toHaveLength(length);
	});

	it('case 55: when all of them are replaced one after the other', SLOW, async () => {
		const { on, run, gateway, workers, holder } = await halfway();
		const taker = workers.find((one) => one !== holder) ?? holder;
		const leave = async (one: typeof holder) => {
			const begun = performance.now();
			one.process.kill('SIGTERM');
			expect(await one.ended).toMatchObject({ code: 0, stderr: '' });
			expect(performance.now() - begun).toBeLessThan(25_000);
		};
		await leave(holder);
		await on.entry(run, isResumed, 2);
		await Promise.all([leave(gateway), on.start('gateway')]);
		await Promise.all([leave(taker), on.start('worker')]);
		await expectWhole(on);
	});

	it(
		'when the one of two gateways that shows it stands still, and goes on while the other shows it',
		SLOW,
		async () => {
			const on = await stage();
			const gateways = [await on.start('gateway'), await on.start('gateway')];
			await on.start('worker');
			ask(on);
			const run = await on.run();
			const first = await on.holder(`thread/${run}`, gateways);
			await on.entry(run, isAnswer);
			first.process.kill('SIGSTOP');
			await on.holder(
				`thread/${run}`,
				gateways.filter((one) => one !== first),
			);
			first.process.kill('SIGCONT');
			await on.alive(first);
			await expectWhole(on);
		},
	);
});

describe('two processes that do everything', () => {
	it('do each run once, and one goes on with what the other has left when that is killed', SLOW, async () => {
		const on = await stage();
		const both = [await on.start('all'), await on.start('all')];
		ask(on);
		const run = await on.run();
		const holder = await on.holder(run, both);
		await on.entry(run, isAnswer);
		expect((await on.journal(run)).filter(isResumed)).toEqual([]);
		holder.process.kill('SIGKILL');
		await expectWhole(on);
		expect((await on.journal(run)).filter(isResumed)).toHaveLength(1);
	});
});

describe('what people do', () => {
	it(
		'reaches the worker at once: a stop, a decision; and what it had begun when it died is done no second time',
		SLOW,
		async () => {
			const on = await stage();
			await on.start('gateway');
			const dying = { SCRIPT: 'tests/e2e/crash-child.ts', CRASH_ON: '"effect":"done"', CRASH_WHEN: 'before' };
			const first = await on.start('worker', dying);
			const press = async (label: string) => {
				const isIts = (text: string) => text.includes(`"${label}"`) && text.includes('mg_');
				const all = () => [on.general, ...on.discord.threads(on.general)].flatMap((one) => on.discord.messages(one));
				const message = await on.discord.until(label, () =>
					all().find(({ components }) => isIts(JSON.stringify(components))),
				);
				await on.ada.press(message, label);
			};
			await on.ada.slash(on.general, 'massgen ask', { question: 'Forever?', team: 'stuck' });
			await on.entry(await on.run(), isResumed);
			await press('Stop');
			await on.shows(/stopped/i);
			// Whether somebody may use the tool is asked of the gateway: the worker is on no platform.
			await on.discord
				.join('Alpha', 'Mia')
				.slash(on.general, 'massgen ask', { question: 'Charge her.', team: 'clerk' });
			await press('Approve once');
			expect((await first.ended).signal).toBe('SIGKILL');
			expect(on.charges()).toBe(1);
			await on.start('worker');
			await press('It happened');
			await on.shows('The charge was decided.');
			expect([on.charges(), on.discord.violations]).toEqual([1, []]);
		},
	);
});
