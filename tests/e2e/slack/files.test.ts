import { describe, expect, it } from 'vitest';
import { MODES, stage, wordsOf } from './stage.ts';

describe.each(MODES)('over %s, files on Slack', (mode) => {
	it('case 28: files come with a mention, a direct message or the form, the token in a header', async () => {
		const { slack, app, ada, until, finished, started } = await stage(mode);
		await ada.mention('C1', 'What is in it?', { files: [{ name: 'notes.md', content: '# The notes' }] });
		await until('the end', () => finished().length === 1);
		await ada.dm('And in this?', { files: [{ name: 'table.csv', content: 'a,b\n1,2' }] });
		await until('the second end', () => finished().length === 2);
		await ada.command('C1', '/massgen', '');
		const modal = await until('the form', () => ada.modal());
		const { message } = await ada.say('C2', 'only here', { files: [{ name: 'form.txt', content: 'from the form' }] });
		const [file] = message.files;
		const url = `${slack.url}/files-pri/T1-${file?.id}/download/form.txt`;
		const sent = {
			id: file?.id,
			name: file?.name,
			mimetype: file?.mimetype,
			size: file?.length,
			url_private_download: url,
		};
		await ada.submit(modal, { question: 'And here?', files: { files: [sent] } });
		await until('the third end', () => finished().length === 3);
		const inputs = await Promise.all(started().map(({ run }) => app().runs.input(run)));
		expect(inputs.map(({ attachments }) => attachments.map(({ name, text }) => [name, text]))).toEqual([
			[['notes.md', '# The notes']],
			[['table.csv', 'a,b\n1,2']],
			[['form.txt', 'from the form']],
		]);
		expect(slack.violations).toEqual([]);
	});

	it.each([
		['is too large', { name: 'big.txt', content: Buffer.alloc(6_000_000) }, /big\.txt has 5\.7 MB; the limit is 5 MB/],
		['is of no use', { name: 'setup.exe', content: 'MZ' }, /setup\.exe is of a kind that cannot be used/],
		['is no text', { name: 'broken.txt', content: Buffer.from([0xff, 0xfe, 0xff]) }, /broken\.txt is not text/],
	])('case 28: a file that %s is named, and nothing is begun', async (_, file, words) => {
		const { ada, until, started } = await stage(mode);
		await ada.mention('C1', 'What is in it?', { files: [file] });
		await until('the words', () => ada.ephemerals('C1').some((one) => words.test(wordsOf(one))));
		expect(started()).toEqual([]);
	});

	it('case 28: a file that Slack does not hand over is named with a reason', async () => {
		const { slack, ada, until, started } = await stage(mode, {
			before: (fake) => {
				for (const token of fake.world.tokens.values()) token.scopes.splice(token.scopes.indexOf('files:read'), 1);
			},
		});
		await ada.mention('C1', 'What is in it?', { files: [{ name: 'notes.md', content: '# The notes' }] });
		await until('the words', () =>
			ada.ephemerals('C1').some((one) => /notes\.md could not be fetched.*files:read/.test(wordsOf(one))),
		);
		expect(started()).toEqual([]);
		expect(slack.violations.map(({ code }) => code)).toEqual(['file_without_token']);
	});
});
