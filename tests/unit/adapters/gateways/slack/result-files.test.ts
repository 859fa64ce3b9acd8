import { describe, expect, it } from 'vitest';
import type { KeptFiles } from '../../../../../src/core/kept-files.ts';
import { finalMessage } from '../discord/discord-stage.ts';
import { approvalStage } from './approval-stage.ts';

const files: KeptFiles = {
	id: 'k',
	count: 4,
	bytes: 30,
	listed: [
		{ path: 'report/summary.md', bytes: 9, id: 'one' },
		{ path: 'data.bin', bytes: 4, id: 'two' },
		{ path: 'gone.txt', bytes: 5, id: 'three' },
	],
};
const left = '1 file is not attached here: too large, too many, or empty. Ask in this thread for what you need of it.';

describe('the files of a result on Slack', () => {
	it('are attached in one message under the answer, and what is missing is said', async () => {
		const on = await approvalStage({ kept: { one: '# Summary', two: '\u0000\u0001ab' } });
		await on.show(finalMessage('Done.', { files }));
		const message = on.own().at(-1);
		expect(message?.text).toBe(
			`run r-1 · 3 files of the answer · ${left}\ngone.txt is not kept any more and could not be attached.`,
		);
		expect(message?.files.map(({ name, content }) => [name, String(content)])).toEqual([
			['report_summary.md', '# Summary'],
			['data.bin', '\u0000\u0001ab'],
		]);
		expect(message?.threadTs).toBe(on.own()[0]?.threadTs);
		expect(on.slack.violations).toEqual([]);
	});

	it('that are all gone, or that Slack does not take, are told of in a message', async () => {
		const on = await approvalStage({ kept: { one: 'x', two: 'y', three: 'z' } });
		on.slack.faults.next('files.getUploadURLExternal', { type: 'error', error: 'file_uploads_disabled' });
		await on.show(finalMessage('Done.', { files }));
		expect(on.own().at(-1)?.text).toBe(
			'run r-1 · Slack did not take the files of the answer: report_summary.md, data.bin, gone.txt. Ask in this thread for what you need of them.',
		);
		const other = await approvalStage();
		await other.show(finalMessage('Done.', { files }));
		expect([other.own().at(-1)?.files, other.own().at(-1)?.text.split('\n').length]).toEqual([[], 4]);
	});

	it('are posted once when it is not known whether they were', async () => {
		const on = await approvalStage({ kept: { one: 'x', two: 'y', three: 'z' } });
		await on.show(finalMessage('Done.', { files }));
		const body = on
			.gateway()
			.render(finalMessage('Done.', { files }), { place: on.place, say: on.say, verbosity: 'quiet' })
			.at(-1);
		if (body === undefined) throw new Error('there are no files');
		await on.gateway().post(on.place, { key: 'final#1', nonce: 'x'.repeat(22), mayExist: true }, body);
		expect(on.own().filter((message) => message.files.length > 0)).toHaveLength(1);
		const other = { session: on.place.session, run: 'r-2' };
		const next = on
			.gateway()
			.render(finalMessage('Done.', { files }), { place: other, say: on.say, verbosity: 'quiet' })
			.at(-1);
		await on.gateway().post(other, { key: 'final#1', nonce: 'y'.repeat(22), mayExist: true }, next ?? body);
		expect(on.own().filter((message) => message.files.length > 0)).toHaveLength(2);
	});
});
