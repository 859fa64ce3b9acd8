import { expect, it } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { startScene } from './bolt-app.ts';

it('a file goes out in three steps, and its message comes later than the answer', async () => {
	const clock = createManualClock();
	const { slack, app } = await startScene('socket', { clock, shareDelayMs: 2000 });
	const token = slack.tokenOf('T1');
	await app.client.filesUploadV2({
		token,
		channel_id: 'C1',
		filename: 'answer.md',
		file: Buffer.from('# Why'),
		alt_text: 'The answer',
		initial_comment: 'All of it',
	});
	expect(slack.messages('T1', 'C1')).toEqual([]);
	const [file] = [...slack.team('T1').files.values()];
	const info = () => app.client.files.info({ token, file: String(file?.id) });
	expect((await info()).file?.shares?.public).toEqual({});
	await clock.advance(2000);
	const [message] = slack.messages('T1', 'C1');
	expect((await info()).file?.shares?.public).toEqual({ C1: [{ ts: message?.ts }] });
	expect([message?.text, file?.content.toString(), file?.altText]).toEqual(['All of it', '# Why', 'The answer']);
	expect(slack.render('T1', 'C1')).toBe('APP\n  All of it\n  (file: answer.md, 5 bytes)');
	expect(slack.violations).toEqual([]);
});

it('an upload that is not what was announced is refused', async () => {
	const { slack, app } = await startScene('socket');
	const token = slack.tokenOf('T1');
	const announced = await app.client.files.getUploadURLExternal({ token, filename: 'a.txt', length: 3 });
	const upload = (body: string) => fetch(String(announced.upload_url), { method: 'POST', body });
	expect((await upload('four')).status).toBe(400);
	const complete = () =>
		app.client.files.completeUploadExternal({ token, files: [{ id: String(announced.file_id) }], channel_id: 'C1' });
	await expect(complete()).rejects.toThrow('file_not_found');
	expect((await upload('abc')).status).toBe(200);
	await complete();
	await slack.waitFor(() => slack.messages('T1', 'C1').length === 1);
	const tooLong = app.client.files.getUploadURLExternal({
		token,
		filename: 'a',
		length: 1,
		alt_text: 'x'.repeat(1001),
	});
	await expect(tooLong).rejects.toThrow('alt_txt_too_large');
});

it('a file of a person is read with the token in the header alone', async () => {
	const { slack, app, ada } = await startScene('socket');
	const urls: string[] = [];
	app.event('message', async ({ event }) => {
		if ('files' in event) urls.push(...(event.files ?? []).map((file) => String(file.url_private_download)));
	});
	await ada.dm('look', { files: [{ name: 'notes.txt', content: 'why not' }] });
	const [url = ''] = urls;
	const token = slack.tokenOf('T1');
	const good = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
	expect([good.headers.get('content-type'), await good.text()]).toEqual(['text/plain', 'why not']);
	expect(slack.violations).toEqual([]);
	const bad = await fetch(`${url}?token=${token}`);
	expect(bad.headers.get('content-type')).toBe('text/html');
	expect(slack.violations.map(({ code }) => code)).toEqual(['token_in_url', 'file_without_token']);
});
