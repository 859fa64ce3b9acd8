import { describe, expect, it } from 'vitest';
import { BotError } from '../../../src/core/errors.ts';
import type { Gateway, Slot, ThreadMessage } from '../../../src/core/gateway.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import { createProjector } from '../../../src/observers/projector.ts';
import { approvalItem, approvalOf } from '../../support/approvals.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { recordingGateway } from '../../support/recording-gateway.ts';
import { createScript } from '../../support/run-events.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();

interface Call {
	type: 'post' | 'edit';
	key: string;
	slot: Slot;
}

/** A projector before a platform in memory. `meet` may refuse a call. */
function given({ editIntervalMs = 1000, maxMessages = 20, meet = (_call: Call): void => {} } = {}) {
	const clock = createManualClock();
	const calls: Call[] = [];
	const problems: string[] = [];
	const take = async (type: Call['type'], slot: Slot) => {
		const call = { type, key: slot.key, slot };
		calls.push(call);
		meet(call);
		return slot.key;
	};
	const gateway: Gateway<ThreadMessage> = {
		...recordingGateway('discord'),
		capabilities: { editIntervalMs, canAsk: true, keepsMessages: false, maxMessages },
		post: (_place, slot) => take('post', slot),
		edit: (_place, slot) => take('edit', slot),
	};
	const place = { session: 's', run: 'run-1' };
	const onProblem = (text: string) => void problems.push(text);
	const projector = createProjector({ gateway, place, clock, say, verbosity: 'normal', records: null, onProblem });
	const handle = (events: readonly RunEvent[]) => {
		for (const event of events) projector.handle(event);
	};
	return { clock, calls, problems, projector, handle };
}

describe('what a projector makes of requests to people', () => {
	it('posts anew what was taken away as another message, which the platform does not take for the old one', async () => {
		const meet = ({ type, key }: Call) => {
			if (type === 'edit' && key === 'board') throw new BotError('message_gone', 'unknown message');
		};
		const { handle, projector, clock, calls } = given({ meet });
		const script = createScript().begin().start('sage', 1, 'answer').start('sage', 2, 'review');
		for (const event of script.events) {
			handle([event]);
			await clock.advance(5_000);
		}
		await projector.settled();
		const [first, second] = calls.filter(({ type, key }) => type === 'post' && key === 'board');
		expect(second?.slot.nonce).toMatch(/^[\w-]{22}$/);
		expect(second?.slot.nonce).not.toBe(first?.slot.nonce);
	});

	it('shows every request to people, and what became of it without delay', async () => {
		const { handle, projector, clock, calls } = given({ maxMessages: 4, editIntervalMs: 60_000 });
		const requests = ['A', 'B', 'C', 'D', 'E', 'F'].map((id) => approvalOf({ id }));
		const script = createScript().begin();
		for (const approval of requests) script.lasting({ type: 'approval_changed', approval });
		handle(script.events);
		await projector.settled();
		expect(calls.flatMap(({ type, key }) => (type === 'post' ? [key] : [])).slice(-6)).toEqual(
			requests.map(({ id }) => `approval:${id}`),
		);
		const items = [approvalItem({ state: 'denied' })];
		handle(script.lasting({ type: 'approval_changed', approval: approvalOf({ id: 'A', items }) }).events.slice(-1));
		await clock.advance(0);
		expect(calls.filter(({ type, key }) => type === 'edit' && key === 'approval:A')).toHaveLength(1);
	});

	it('still offers requests to people once its thread is gone, each until it is refused too', async () => {
		const meet = ({ key }: Call) => {
			if (key === 'board' || key === 'approval:B') throw new BotError('place_gone', 'unknown channel');
		};
		const { handle, projector, calls, problems } = given({ meet });
		const script = createScript().begin();
		for (const id of ['A', 'B']) script.lasting({ type: 'approval_changed', approval: approvalOf({ id }) });
		handle(script.start('sage', 1, 'answer').events);
		await projector.settled();
		expect(calls.map(({ key }) => key)).toEqual(['question', 'board', 'approval:A', 'approval:B']);
		expect(problems).toHaveLength(1);
	});
});
