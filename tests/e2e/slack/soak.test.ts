import { describe, expect, it } from 'vitest';
import { createQuickClock } from '../../support/quick-clock.ts';
import { hasButton, stage, wordsOf } from './stage.ts';

const RUNS = 50;
const CHANNELS = 10;
/** How much faster than the machine's all time goes here: Slack's tiers are counted in minutes. */
const SPEED = 30;
/** What may happen on a busy machine at this speed, and harms nobody: Slack asks to wait, or tells an event again. */
const HARMLESS = new Set(['operation_timeout', 'ratelimited', 'retry_after_ignored']);

describe('50 runs at once', () => {
	it('are all answered, each message once, through 429s and connections that are dropped', async () => {
		const clock = createQuickClock(SPEED);
		const { slack, ada, until, finished, started } = await stage('socket', {
			clock,
			slack: { clock, tiers: { enforced: true }, retryDelaysMs: [500, 5000, 30_000] },
			before({ team, faults }) {
				const { channels, botUser } = team('T1');
				for (let index = 0; index < CHANNELS; index += 1) {
					const id = `C1${index}`;
					channels.set(id, {
						id,
						name: `soak-${index}`,
						kind: 'public',
						members: new Set(['U1', botUser]),
						archived: false,
					});
				}
				for (const method of ['chat.postMessage', 'chat.update', 'agents.sessions.setStatus']) {
					faults.next(method, { type: 'rate_limit', retryAfter: 5 }, 3);
				}
				faults.next('chat.postMessage', { type: 'drop_after_accept' }, 5);
				faults.next('chat.postMessage', { type: 'drop_before_accept' }, 5);
				faults.next('chat.postMessage', { type: 'status', status: 503 }, 3);
				faults.next('chat.update', { type: 'drop_after_accept' }, 5);
				faults.next('users.info', { type: 'drop_before_accept' }, 2);
			},
		});
		const asked: { channel: string; ts: string; question: string }[] = [];
		for (let index = 0; index < RUNS; index += 1) {
			const question = `Question ${index}?`;
			const { message } = await ada.mention(`C1${index % CHANNELS}`, question);
			asked.push({ channel: message.channel, ts: message.ts, question });
			if (index % 10 === 9) slack.sockets.drop();
			if (index % 10 === 4) slack.sockets.refresh('refresh_requested');
		}
		for (let count = 1; count <= RUNS; count += 1) await until(`${count} ends`, () => finished().length >= count);
		const own = ({ channel, ts }: { channel: string; ts: string }) =>
			slack.messages('T1', channel, ts).filter(({ bot }) => bot !== null);
		for (const question of asked) {
			await until(`the thread of ${question.question}`, () => {
				const [board] = own(question);
				return own(question).length >= 5 && board !== undefined && hasButton(board, 'Retry');
			});
		}
		const questions = asked.map(({ question }) => question).sort();
		expect(
			started()
				.map(({ question }) => question)
				.sort(),
		).toEqual(questions);
		for (const question of asked) {
			const shown = own(question).map(({ text }) => text);
			const count = (words: string) => shown.filter((text) => text.includes(words)).length;
			expect(shown, shown.join('\n---\n')).toHaveLength(5);
			const answer = `What the team says to ${question.question}`;
			// The result is on the board and below it.
			expect([count(answer), count('The plain answer'), count('A longer answer'), count('Vote')]).toEqual([2, 1, 1, 1]);
			expect(own(question).every((one) => !wordsOf(one).includes('Stop'))).toBe(true);
		}
		await until('all sessions at rest', () => slack.team('T1').sessions.every(({ status }) => status === 'active'));
		expect(slack.faults.left()).toBe(0);
		expect(slack.violations.filter(({ code }) => !HARMLESS.has(code))).toEqual([]);
	}, 120_000);
});
