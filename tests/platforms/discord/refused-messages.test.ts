import { describe, expect, it } from 'vitest';
import { button, many, type Refused, row, select, text, unexpected, v2, x } from './refused.ts';
import { stageWithClient } from './stage.ts';

const MESSAGES: readonly Refused[] = [
	['content of 2,001', { content: x(2001) }, 'content BASE_TYPE_MAX_LENGTH'],
	['content that is no text', { content: 5 }, 'content STRING_TYPE_CONVERT'],
	['a nonce of 26', { content: 'a', nonce: x(26) }, 'nonce BASE_TYPE_MAX_LENGTH'],
	['an enforced nonce that is missing', { content: 'a', enforce_nonce: true }, 'nonce BASE_TYPE_REQUIRED'],
	['flags that are no number', { content: 'a', flags: 'x' }, 'flags NUMBER_TYPE_COERCE'],
	['11 embeds', { embeds: many(11, () => ({ title: 'a' })) }, 'embeds BASE_TYPE_MAX_LENGTH'],
	['an embed title of 257', { embeds: [{ title: x(257) }] }, 'embeds.0.title BASE_TYPE_MAX_LENGTH'],
	[
		'an embed description of 4,097',
		{ embeds: [{ description: x(4097) }] },
		'embeds.0.description BASE_TYPE_MAX_LENGTH',
	],
	['a footer of 2,049', { embeds: [{ footer: { text: x(2049) } }] }, 'embeds.0.footer.text BASE_TYPE_MAX_LENGTH'],
	['an author of 257', { embeds: [{ author: { name: x(257) } }] }, 'embeds.0.author.name BASE_TYPE_MAX_LENGTH'],
	[
		'26 fields',
		{ embeds: [{ fields: many(26, () => ({ name: 'a', value: 'b' })) }] },
		'embeds.0.fields BASE_TYPE_MAX_LENGTH',
	],
	['a field without value', { embeds: [{ fields: [{ name: 'a' }] }] }, 'embeds.0.fields.0.value BASE_TYPE_REQUIRED'],
	[
		'6,001 characters of embeds',
		{ embeds: many(2, () => ({ description: x(3001) })) },
		'embeds MAX_EMBED_SIZE_EXCEEDED',
	],
	[
		'a strange mention kind',
		{ content: 'a', allowed_mentions: { parse: ['all'] } },
		'allowed_mentions.parse.0 BASE_TYPE_CHOICES',
	],
	[
		'users parsed and listed',
		{ content: 'a', allowed_mentions: { parse: ['users'], users: ['1'] } },
		'allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
	],
	[
		'an attachment without its file',
		{ content: 'a', attachments: [{ id: '0' }] },
		'attachments.0.id ATTACHMENT_NOT_FOUND',
	],
	[
		'six rows',
		{ content: 'a', components: many(6, (at) => row(button({ custom_id: `${at}` }))) },
		'components BASE_TYPE_MAX_LENGTH',
	],
	[
		'a text display without the flag',
		{ content: 'a', components: [text('b')] },
		'components.0.type UNION_TYPE_CHOICES',
	],
	[
		'six buttons',
		{ content: 'a', components: [row(...many(6, (at) => button({ custom_id: `${at}` })))] },
		'components.0.components BASE_TYPE_BAD_LENGTH',
	],
	['an empty row', { content: 'a', components: [row()] }, 'components.0.components BASE_TYPE_BAD_LENGTH'],
	[
		'a custom id twice',
		{ content: 'a', components: [row(button(), button())] },
		'components.0.components.1.custom_id COMPONENT_CUSTOM_ID_DUPLICATED',
	],
	[
		'a custom id of 101',
		{ content: 'a', components: [row(button({ custom_id: x(101) }))] },
		'components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH',
	],
	[
		'a label of 81',
		{ content: 'a', components: [row(button({ label: x(81) }))] },
		'components.0.components.0.label BASE_TYPE_MAX_LENGTH',
	],
	[
		'a button without label',
		{ content: 'a', components: [row(button({ label: '' }))] },
		'components.0.components.0 BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED',
	],
	[
		'a link without address',
		{ content: 'a', components: [row({ type: 2, style: 5, label: 'a' })] },
		'components.0.components.0.url BASE_TYPE_REQUIRED',
	],
	[
		'a link of a strange scheme',
		{ content: 'a', components: [row({ type: 2, style: 5, label: 'a', url: 'file:///x' })] },
		'components.0.components.0.url URL_TYPE_INVALID_SCHEME',
	],
	[
		'a link with a custom id',
		{ content: 'a', components: [row(button({ style: 5, url: 'https://a.b' }))] },
		'components.0.components.0.custom_id BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
	],
	[
		'a select beside a button',
		{ content: 'a', components: [row(select(), button())] },
		'components.0.components COMPONENT_LAYOUT_WIDTH_EXCEEDED',
	],
	[
		'26 options',
		{ content: 'a', components: [row(select({ options: many(26, (at) => ({ label: 'a', value: `${at}` })) }))] },
		'components.0.components.0.options BASE_TYPE_BAD_LENGTH',
	],
	[
		'an option twice',
		{ content: 'a', components: [row(select({ options: many(2, () => ({ label: 'a', value: 'a' })) }))] },
		'components.0.components.0.options.1.value SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
	],
	[
		'a placeholder of 151',
		{ content: 'a', components: [row(select({ placeholder: x(151) }))] },
		'components.0.components.0.placeholder BASE_TYPE_MAX_LENGTH',
	],
	[
		'more choices than options',
		{ content: 'a', components: [row(select({ max_values: 2 }))] },
		'components.0.components.0.max_values SELECT_COMPONENT_MAX_VALUES_TOO_MANY',
	],
	[
		'more needed than allowed',
		{ content: 'a', components: [row(select({ min_values: 3 }))] },
		'components.0.components.0.max_values SELECT_COMPONENT_MAX_VALUES_LESS_THAN_MIN',
	],
	[
		'a select and a button of one id',
		{ content: 'a', components: [row(button()), row(select({ custom_id: 'stop' }))] },
		'components.1.components.0.custom_id COMPONENT_CUSTOM_ID_DUPLICATED',
	],
	[
		'content beside V2',
		{ ...v2(text('a')), content: 'a' },
		'content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
	],
	[
		'embeds beside V2',
		{ ...v2(text('a')), embeds: [{ title: 'a' }] },
		'embeds MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
	],
	['a poll beside V2', { ...v2(text('a')), poll: {} }, 'poll MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2'],
	[
		'stickers beside V2',
		{ ...v2(text('a')), sticker_ids: ['1'] },
		'sticker_ids MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
	],
	[
		'41 components with nested ones',
		v2({ type: 17, components: many(40, () => text('a')) }),
		'components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
	],
	[
		'4,001 characters over all texts',
		v2(text(x(2000)), text(x(2001))),
		'components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
	],
	['more bytes than Discord swallows', v2(text('語'.repeat(3400))), 'components COMPONENT_SIZE_OBSERVED'],
	['an empty text', v2(text('')), 'components.0.content BASE_TYPE_BAD_LENGTH'],
	['an empty container', v2({ type: 17, components: [] }), 'components.0.components BASE_TYPE_MIN_LENGTH'],
	[
		'a container in a container',
		v2({ type: 17, components: [{ type: 17, components: [text('a')] }] }),
		'components.0.components.0.type UNION_TYPE_CHOICES',
	],
	[
		'a colour beyond white',
		v2({ type: 17, accent_color: 0x1000000, components: [text('a')] }),
		'components.0.accent_color NUMBER_TYPE_MAX',
	],
	['an id twice', v2({ ...text('a'), id: 1 }, { ...text('b'), id: 1 }), 'components.1.id COMPONENT_ID_DUPLICATED'],
	['a spacing of 3', v2(text('a'), { type: 14, spacing: 3 }), 'components.1.spacing NUMBER_TYPE_MAX'],
	[
		'a section of four texts',
		v2({ type: 9, components: many(4, () => text('a')), accessory: button() }),
		'components.0.components BASE_TYPE_BAD_LENGTH',
	],
	[
		'a section without accessory',
		v2({ type: 9, components: [text('a')] }),
		'components.0.accessory BASE_TYPE_REQUIRED',
	],
	[
		'a file that was not sent',
		v2({ type: 13, file: { url: 'attachment://a.md' } }),
		'components.0.file.url UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
	],
	[
		'a file from elsewhere',
		v2({ type: 13, file: { url: 'https://a.b/c' } }),
		'components.0.file.url URL_TYPE_INVALID_SCHEME',
	],
	[
		'11 pictures',
		v2({ type: 12, items: many(11, () => ({ media: { url: 'https://a.b' } })) }),
		'components.0.items BASE_TYPE_BAD_LENGTH',
	],
	[
		'alt text of 1,025',
		v2({ type: 12, items: [{ media: { url: 'https://a.b' }, description: x(1025) }] }),
		'components.0.items.0.description BASE_TYPE_MAX_LENGTH',
	],
];

describe('what Discord refuses', () => {
	it('in messages', async () => {
		const { discord, client } = await stageWithClient();
		const path = `/channels/${discord.channel('Alpha', 'general').id}/messages` as const;
		expect(await unexpected(discord, MESSAGES, (body) => client.rest.post(path, { body }))).toEqual([]);
		await expect(client.rest.post(path, { body: { content: ' \n' } })).rejects.toMatchObject({ code: 50006 });
		await expect(client.rest.post(path, { body: v2() })).rejects.toMatchObject({ code: 50006 });
		const files = many(11, (at) => ({ name: `${at}.txt`, data: Buffer.from('x') }));
		await expect(client.rest.post(path, { body: { content: 'a' }, files })).rejects.toMatchObject({ code: 50035 });
	});
});

describe('what Discord takes', () => {
	it('is everything at its limit', async () => {
		const { discord, client } = await stageWithClient();
		const general = discord.channel('Alpha', 'general');
		const path = `/channels/${general.id}/messages` as const;
		const files = [{ name: 'a.md', data: Buffer.from('x'), contentType: 'text/markdown' }];
		const board = {
			type: 17,
			accent_color: 0xffffff,
			components: [
				{ type: 9, components: [text('**Ada** thinks')], accessory: { type: 11, media: { url: 'https://a.b/c.png' } } },
				{ type: 14, divider: true, spacing: 2 },
				{ type: 12, items: [{ media: { url: 'https://a.b/d.png' }, description: x(1024) }] },
				{ type: 13, file: { url: 'attachment://a.md' } },
				row(button({ disabled: true }), button({ custom_id: x(100), label: undefined, emoji: { name: '👍' } })),
				row(select({ placeholder: x(150) })),
				row({ type: 5, custom_id: 'user' }),
			],
		};
		await client.rest.post(path, { body: { ...v2(board, text(x(3900))), attachments: [{ id: 0 }] }, files });
		await client.rest.post(path, {
			body: { content: x(2000), nonce: x(25), embeds: [{ title: x(256), fields: [{ name: 'a', value: 'b' }] }] },
		});
		const full = v2({ type: 17, components: many(39, () => text('a')) });
		await client.rest.post(path, { body: full });

		expect(discord.violations).toEqual([]);
		expect(discord.transcript(general).replaceAll(/x{9,}|(\| a\n {2})+/g, '…')).toMatchInlineSnapshot(`
			"== #general
			MassGen:
			  | **Ada** thinks
			  | {picture c.png}
			  | ---
			  | {picture d.png}
			  | {file a.md}
			  | (Stop) [👍]
			  | <…: Fast>
			  | <select: >
			  …
			MassGen:
			  …
			  > …
			  > a: b
			MassGen:
			  …| a"
		`);
	});
});
