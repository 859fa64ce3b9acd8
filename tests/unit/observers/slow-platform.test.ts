import { expect, it } from 'vitest';
import type { ThreadMessage } from '../../../src/core/gateway.ts';
import { createProjector } from '../../../src/observers/projector.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { recordingGateway } from '../../support/recording-gateway.ts';
import { createScript } from '../../support/run-events.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();
const delta = {
	type: 'text_delta',
	run: 'run-1',
	at: 0,
	agent: 'sage',
	attempt: 1,
	kind: 'present',
	text: 'x',
} as const;

/** A platform whose calls end when the test says so, while it is slow. */
function slowPlatform() {
	const open = new Set<() => void>();
	const state = { isSlow: false, calls: 0, mostOpen: 0 };
	const plain = recordingGateway('discord', { canAsk: false });
	const answer = async <Result>(call: Promise<Result>): Promise<Result> => {
		state.calls += 1;
		if (!state.isSlow) return call;
		const { promise, resolve } = Promise.withResolvers<void>();
		open.add(resolve);
		state.mostOpen = Math.max(state.mostOpen, open.size);
		await promise.finally(() => open.delete(resolve));
		return call;
	};
	const gateway = {
		...plain,
		post: (...of: Parameters<typeof plain.post>) => answer(plain.post(...of)),
		edit: (...of: Parameters<typeof plain.edit>) => answer(plain.edit(...of)),
	};
	const answerAll = () => {
		for (const end of [...open]) end();
	};
	const lastShown = (): ThreadMessage | undefined => [...plain.shown.values()].at(-1)?.message;
	return { gateway, state, answerAll, lastShown };
}

it('a platform that answers slowly has one call for each message and one timer, however much comes meanwhile', async () => {
	const { gateway, state, answerAll, lastShown } = slowPlatform();
	const clock = createManualClock();
	const place = { session: 's', run: 'run-1' };
	const options = { gateway, place, clock, say, verbosity: 'normal', records: null, onProblem: () => {} } as const;
	const projector = createProjector(options);
	for (const event of createScript().begin().start('sage', 1, 'present').events) projector.handle(event);
	await clock.advance(1_000);
	state.isSlow = true;
	for (let tick = 0; tick < 2_000; tick += 1) {
		projector.handle(delta);
		await clock.advance(10);
		expect(clock.pending()).toBeLessThanOrEqual(1);
		// One answer in the time of 200 pieces.
		if (tick % 200 === 199) answerAll();
	}
	expect(state.mostOpen).toBeLessThanOrEqual(2);
	expect(state.calls).toBeLessThan(30);
	state.isSlow = false;
	answerAll();
	await clock.advance(1_000);
	await projector.settled();
	const last = lastShown();
	expect(last?.type === 'final' && last.content.length).toBe(2_000);
});
