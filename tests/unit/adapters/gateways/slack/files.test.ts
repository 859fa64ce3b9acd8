import { describe, expect, it } from 'vitest';
import { fileBody } from '../../../../../src/adapters/gateways/slack/file-body.ts';
import { renderSlack } from '../../../../../src/adapters/gateways/slack/render-slack.ts';
import type { SlackBody } from '../../../../../src/adapters/gateways/slack/slack-body.ts';
import { createScript } from '../../../../support/run-events.ts';
import { say, sessionOf, startSlackThread } from './slack-thread.ts';
import { board, contextOf } from './thread-messages.ts';

const LONG = 'A sentence of some length that says nothing much. '.repeat(400).trim();
const place = { session: sessionOf('a'), run: 'run-1' };
const slotOf = (key: string, mayExist = false) => ({ key, nonce: `nonce-${key}`.padEnd(22, '0'), mayExist });
const file = (version: number): SlackBody =>
	fileBody({ name: ['run-1', 'sage', `v${version}`], content: LONG }, 'All of it', say);

async function startWithBoard(options: { shareDelayMs?: number } = {}) {
	const thread = await startSlackThread(options);
	await thread.ask();
	const { poster } = thread.startGateway();
	const [shown] = renderSlack(board(), contextOf());
	if (shown !== undefined) await thread.until(poster.post(place, slotOf('board'), shown));
	const files = () =>
		thread.slack
			.messages('T1', 'C1')
			.flatMap((message) => message.files.map(({ name }) => `${name}${message.threadTs === null ? ' !' : ''}`));
	return { ...thread, poster, files };
}

describe('case 27: files', () => {
	it('arrive in the order in which they belong, however long Slack takes to show them', async () => {
		const { slack, startGateway, project, ask, play, problems } = await startSlackThread({ shareDelayMs: 4000 });
		await ask();
		const script = createScript()
			.begin()
			.answer('sage', 1, 1, LONG)
			.answer('critic', 1, 1, LONG)
			.answer('builder', 1, 1, 'Short.');
		await play(project(startGateway().gateway), script.events);
		const shown = slack
			.messages('T1', 'C1')
			.slice(1)
			.map(({ files, text }) => files[0]?.name ?? text.slice(0, 8));
		expect(shown).toEqual(['sage: A ', 'run-1-sage-v1.md', 'critic: ', 'run-1-critic-v1.md', 'builder:']);
		const [first] = slack.team('T1').files.values();
		expect(first?.content.toString()).toBe(LONG);
		expect(slack.render('T1', 'C1')).toContain('Shortened; the whole answer (19,999 characters) is in the file below.');
		expect(slack.violations).toEqual([]);
		expect(problems).toEqual([]);
	});

	it('a newer version takes the place of the file', async () => {
		const { poster, until, files, slack } = await startWithBoard();
		const id = await until(poster.post(place, slotOf('slot:sage#1'), file(1)));
		const next = await until(poster.edit(place, slotOf('slot:sage#1'), id, file(2)));
		expect(next).not.toBe(id);
		expect(files()).toEqual(['run-1-sage-v2.md']);
		await until(poster.remove(place, slotOf('slot:sage#1'), next));
		expect(files()).toEqual([]);
		expect(slack.violations).toEqual([]);
	});

	it.each(['file_upload_size_restricted', 'file_uploads_disabled', 'missing_scope'])(
		'%s: its name and size are told, and another way to read it',
		async (error) => {
			const { poster, until, slack } = await startWithBoard();
			slack.faults.next('files.getUploadURLExternal', { type: 'error', error });
			await until(poster.post(place, slotOf('slot:sage#1'), file(1)));
			expect(slack.messages('T1', 'C1').at(-1)?.text).toBe(
				'run-1-sage-v1.md (20 kB) could not be attached here. Ask again with the verbosity “full” to read all of it in the thread.',
			);
			expect(slack.violations).toEqual([]);
		},
	);

	it('is there once when the answer to its upload is lost', async () => {
		const { poster, until, files, slack } = await startWithBoard();
		slack.faults.next('files.completeUploadExternal', { type: 'drop_after_accept' });
		await expect(until(poster.post(place, slotOf('slot:sage#1'), file(1)))).rejects.toThrow('Slack did not answer');
		const id = await until(poster.post(place, slotOf('slot:sage#1', true), file(1)));
		expect(files()).toEqual(['run-1-sage-v1.md']);
		await until(poster.remove(place, slotOf('slot:sage#1'), id));
		expect(files()).toEqual([]);
	});

	it('waits as long as it is told to', async () => {
		const { poster, until, files, slack } = await startWithBoard();
		slack.faults.next('files.completeUploadExternal', { type: 'rate_limit', retryAfter: 20 });
		await until(poster.post(place, slotOf('slot:sage#1'), file(1)));
		expect(files()).toEqual(['run-1-sage-v1.md']);
		expect(slack.violations).toEqual([]);
	});
});
