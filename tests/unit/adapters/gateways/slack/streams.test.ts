import { describe, expect, it } from 'vitest';
import { renderSlack } from '../../../../../src/adapters/gateways/slack/render-slack.ts';
import type { SlackBody } from '../../../../../src/adapters/gateways/slack/slack-body.ts';
import type { SlackSpot } from '../../../../../src/adapters/gateways/slack/slack-spot.ts';
import type { ThreadMessage } from '../../../../../src/core/gateway.ts';
import type { Violation } from '../../../../platforms/slack/ledger.ts';
import { finishedRun, PRESENTATION } from '../../../../support/run-events.ts';
import { sessionOf, startSlackThread } from './slack-thread.ts';
import { board, contextOf, final, writing } from './thread-messages.ts';

const place = { session: sessionOf('a'), run: 'run-1' };
const slot = { key: 'final', nonce: 'nonce-final'.padEnd(22, '0'), mayExist: false };
const bodyOf = (message: ThreadMessage): SlackBody => {
	const [body] = renderSlack(message, contextOf());
	if (body === undefined) throw new Error('no message');
	return body;
};

const TEXT = 'One. Two. Three.\n\n```js\nconst four = 4;\nconst five = 5;\n```\n\nSix. Seven. Eight. Nine. Ten.';

/** Whoever does not know whether a stream has ended must end it. */
const besidesStops = (violations: readonly Violation[]) =>
	violations.filter(({ code, where }) => code !== 'message_not_in_streaming_state' || where !== 'chat.stopStream');

/** A thread with a board, in which the result is written. */
const startWriting = async () => writeIn(await startSlackThread(), {});

async function writeIn(thread: Awaited<ReturnType<typeof startSlackThread>>, spot: Partial<SlackSpot>) {
	const { slack, startGateway, ask, until, clock } = thread;
	await ask(sessionOf('a'), spot);
	let { poster } = startGateway();
	await until(poster.post(place, { ...slot, key: 'board', nonce: 'nonce-board' }, bodyOf(board())));
	let id: string | null = null;
	const send = async (message: ThreadMessage, afterMs = 2000): Promise<void> => {
		await clock.advance(afterMs);
		const body = bodyOf(message);
		id = await until(id === null ? poster.post(place, slot, body) : poster.edit(place, slot, id, body));
	};
	/** What people read of the result, in the order of its messages. */
	const parts = () =>
		slack
			.messages('T1', spot.channel ?? 'C1')
			.slice(1)
			.map(({ text, blocks }) => {
				const shown = blocks.flatMap((block) => (block.type === 'markdown' ? [String(block.text)] : []));
				return shown.length > 0 ? shown.join() : text;
			});
	return {
		...thread,
		send,
		parts,
		write: (length: number, afterMs?: number) => send(writing(TEXT.slice(0, length)), afterMs),
		finish: () => send(final(TEXT)),
		id: () => id,
		/** The process ends and another takes its place. */
		restart: () => {
			({ poster } = startGateway());
		},
		stream: () => slack.messages('T1', spot.channel ?? 'C1').findLast((message) => message.stream !== null),
	};
}

describe('a result that is being written', () => {
	it('is streamed, each text once, and then takes its final form in the same message', async () => {
		const { slack, write, finish, parts, requests, id } = await startWriting();
		for (const length of [5, 30, 30, 60, TEXT.length]) await write(length);
		expect(parts()).toEqual([TEXT]);
		expect(requests('chat.startStream').map(({ args }) => args.recipient_user_id)).toEqual(['U1']);
		const sent = [...requests('chat.startStream'), ...requests('chat.appendStream')];
		expect(sent.map(({ args }) => args.markdown_text).join('')).toBe(TEXT);
		const before = id();
		await finish();
		expect(parts()).toEqual([TEXT]);
		expect(before).toBe(`stream:${id()}`);
		expect(slack.render('T1', 'C1')).toContain('_ by sage · 1 s');
		expect(slack.violations).toEqual([]);
	});

	it('a later presentation takes the place of an earlier one', async () => {
		const { slack, write, send, finish, parts } = await startWriting();
		await write(20);
		await send(writing('Another'));
		expect(parts()).toEqual(['Another']);
		await send(writing('Another text.'));
		expect(parts()).toEqual(['Another text.']);
		await finish();
		expect(parts()).toEqual([TEXT]);
		expect(slack.violations).toEqual([]);
	});

	it('after a restart it is finished in the same message', async () => {
		const { slack, write, restart, send, finish, parts } = await startWriting();
		await write(20);
		restart();
		await send(writing('Begun again.'));
		expect(parts()).toEqual(['Begun again.']);
		await finish();
		expect(parts()).toEqual([TEXT]);
		expect(besidesStops(slack.violations)).toEqual([]);
	});

	it('a stop pressed on the stream itself loses nothing', async () => {
		const { slack, write, finish, stream, parts } = await startWriting();
		await write(20);
		const message = stream();
		if (message?.stream) message.stream.state = 'stopped_by_user';
		await write(60);
		await finish();
		expect(parts()).toEqual([TEXT]);
		expect(slack.violations).toEqual([]);
	});

	it('with a projector before it, a run is streamed to its end', async () => {
		const { slack, startGateway, project, ask, play, requests, problems } = await startSlackThread();
		await ask();
		const events = finishedRun().map((event) => ({ ...event, at: event.at * 1 }));
		const slow = events.map((event, index) => ({
			...event,
			at: events[0] === undefined ? 0 : events[0].at + index * 400,
		}));
		await play(project(startGateway().gateway), slow);
		expect(requests('chat.appendStream').length).toBeGreaterThan(2);
		expect(slack.render('T1', 'C1').split(PRESENTATION.slice(-40)).length - 1).toBe(2);
		expect(slack.violations).toEqual([]);
		expect(problems).toEqual([]);
	});
});

describe('case 25: a stream does not live for ever', () => {
	it.each([20, 50])('one that Slack ended goes on in a new message, after %i characters', async (cut) => {
		const { slack, write, finish, stream, parts } = await startWriting();
		await write(cut);
		const message = stream();
		if (message !== undefined) slack.killStream(message);
		await write(70);
		await write(TEXT.length);
		expect(parts()).toHaveLength(2);
		const [first = '', second = ''] = parts();
		const opening = cut === 50 ? '```js\n' : '';
		expect(first + second.replace(opening, '')).toBe(TEXT);
		await finish();
		expect(parts()).toEqual([TEXT]);
		expect(slack.violations).toEqual([]);
	});

	it('it is ended in time, with its fence closed, and goes on in a new message', async () => {
		const { slack, write, finish, parts } = await startWriting();
		await write(20);
		await write(50, 239_000);
		await write(70, 2000);
		expect(parts()).toEqual([`${TEXT.slice(0, 50)}\n\`\`\``, `\`\`\`js\n${TEXT.slice(50, 70)}`]);
		await write(TEXT.length, 239_000);
		await finish();
		expect(parts()).toEqual([TEXT]);
		expect(slack.violations).toEqual([]);
	});

	it.each(['chat.appendStream', 'chat.stopStream', 'chat.startStream'])(
		'nothing is lost or doubled when the answer to %s is lost',
		async (method) => {
			const { slack, write, finish, stream, parts, clock } = await startWriting();
			await write(20);
			slack.faults.next(method, { type: 'drop_after_accept' });
			for (const length of [50, 70, TEXT.length]) {
				await write(length).catch(() => {});
				if (method === 'chat.startStream') {
					const message = stream();
					if (message?.stream?.state === 'in_progress') slack.killStream(message);
				}
				if (method === 'chat.stopStream') await clock.advance(240_000);
			}
			const words = (text: string) => text.replace(/```(?:js)?|\s+/g, '');
			expect(words(parts().join(''))).toBe(words(TEXT));
			await finish();
			expect(slack.faults.left()).toBe(0);
			expect(parts()).toEqual([TEXT]);
			expect(besidesStops(slack.violations)).toEqual([]);
		},
	);
});

describe('case 26: where nothing can be streamed', () => {
	it.each(['missing_recipient_team_id', 'feature_disabled', 'unknown_method', 'method_not_supported_for_channel_type'])(
		'%s: the result is an ordinary message that grows',
		async (error) => {
			const { slack, write, finish, parts, requests } = await startWriting();
			slack.faults.next('chat.startStream', { type: 'error', error });
			await write(20);
			expect(parts()).toEqual([TEXT.slice(0, 20)]);
			await write(60);
			await finish();
			expect(parts()).toEqual([TEXT]);
			expect(requests('chat.startStream').length).toBe(1);
			expect(slack.violations).toEqual([]);
		},
	);

	it('direct messages need no recipient', async () => {
		const thread = await startSlackThread();
		const { message } = await thread.slack.person('T1', 'U1').dm('hello');
		const spot = { channel: message.channel, thread_ts: message.ts, form: 'dm' as const };
		const { slack, write, finish, requests } = await writeIn(thread, spot);
		await write(20);
		await finish();
		expect(requests('chat.startStream').map(({ args }) => args.recipient_user_id)).toEqual([undefined]);
		expect(slack.render('T1', message.channel)).toContain(TEXT.slice(-20));
		expect(slack.violations).toEqual([]);
	});
});
