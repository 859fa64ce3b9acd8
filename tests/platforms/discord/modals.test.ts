import {
	type APIModalInteractionResponseCallbackData,
	Events,
	type Interaction,
	type ModalSubmitInteraction,
} from 'discord.js';
import { describe, expect, it } from 'vitest';
import { stageWithClient } from './stage.ts';
import type { Message } from './world.ts';

const FORM: APIModalInteractionResponseCallbackData = {
	custom_id: 'follow-up:1',
	title: 'Follow up',
	components: [
		{ type: 10, content: 'Ask on.' },
		{
			type: 18,
			label: 'Question',
			component: { type: 4, custom_id: 'question', style: 2, min_length: 3, max_length: 20 },
		},
		{
			type: 18,
			label: 'Team',
			component: { type: 3, custom_id: 'team', options: [{ label: 'Fast', value: 'fast' }], required: false },
		},
		{ type: 18, label: 'Files', component: { type: 19, custom_id: 'files', required: false } },
		{
			type: 18,
			label: 'Rounds',
			component: {
				type: 21,
				custom_id: 'rounds',
				options: [
					{ label: '1', value: '1' },
					{ label: '2', value: '2' },
				],
			},
		},
	],
};
const ROW: APIModalInteractionResponseCallbackData = {
	custom_id: 'old',
	title: 'Old form',
	components: [{ type: 1, components: [{ type: 4, custom_id: 'text', label: 'Text', style: 1 }] }],
};

/** A board with a button that opens a modal; `submitted` answers it. */
async function withForm(
	form: APIModalInteractionResponseCallbackData,
	submitted: (modal: ModalSubmitInteraction) => Promise<unknown>,
) {
	const { discord, client } = await stageWithClient();
	const ada = discord.person('Ada');
	const general = discord.channel('Alpha', 'general');
	client.on(Events.InteractionCreate, (interaction: Interaction) => {
		if (interaction.isButton()) void interaction.showModal(form);
		if (interaction.isModalSubmit()) void submitted(interaction);
	});
	const button = { type: 2, style: 1, custom_id: 'open', label: 'Open' } as const;
	await client.rest.post(`/channels/${general.id}/messages`, {
		body: { content: 'Board', components: [{ type: 1, components: [button] }] },
	});
	const board = discord.messages(general)[0] as Message;
	return { discord, ada, general, board, opened: await ada.press(board, 'Open') };
}

describe('a modal', () => {
	it('opens, is filled in and answered', async () => {
		const { discord, ada, opened } = await withForm(FORM, async (modal) => {
			const { fields } = modal;
			const file = fields.getUploadedFiles('files')?.first();
			const read = file ? await (await fetch(file.url)).text() : '';
			const radio = fields.getRadioGroup('rounds');
			await modal.reply(
				`${fields.getTextInputValue('question')} ${fields.getStringSelectValues('team').join()} ${radio} ${read}`,
			);
		});
		expect([opened.saw, opened.modal?.title]).toEqual(['modal', 'Follow up']);

		const file = { name: 'a.txt', contentType: 'text/plain', bytes: Buffer.from('inside') };
		const answer = await ada.submit(opened, { Question: 'And now?', team: ['fast'], files: [file], Rounds: '2' });

		expect(answer.message()?.content).toBe('And now? fast 2 inside');
		expect(discord.violations).toEqual([]);
	});

	it('may update the message whose button opened it', async () => {
		const { ada, opened, board } = await withForm(ROW, async (modal) => {
			if (modal.isFromMessage())
				await modal.update({ content: modal.fields.getTextInputValue('text'), components: [] });
		});
		expect((await ada.submit(opened, { Text: 'new' })).saw).toBe('update');
		expect(board.content).toBe('new');
	});

	it('is not sent with a missing, short or strange field', async () => {
		const { ada, opened } = await withForm(FORM, async () => {});
		const submit = (values: Record<string, string>) => async () => ada.submit(opened, values);
		await expect(submit({})).rejects.toThrow('Question is required');
		await expect(submit({ Question: 'x' })).rejects.toThrow('3 to 20 characters');
		await expect(submit({ Question: 'And now?', Answer: 'x' })).rejects.toThrow('the modal has no Answer');
	});

	it('answers no modal', async () => {
		const refused = Promise.withResolvers<unknown>();
		const { discord, ada, opened } = await withForm(ROW, async (modal) => {
			const { id, token, client } = modal;
			const body = { type: 9, data: ROW };
			await client.rest.post(`/interactions/${id}/${token}/callback`, { body, auth: false }).catch(refused.resolve);
			await modal.reply('sorry');
		});
		await ada.submit(opened, { Text: 'x' });
		expect(await refused.promise).toMatchObject({ code: 50035 });
		expect(discord.violations.map(({ kind }) => kind)).toEqual(['form']);
		await expect(async () => ada.submit({ ...opened }, {})).rejects.toThrow('opened no modal');
	});
});
