import { byType, type Check, flag, integer, later, list, oneOf, shape, text, typed } from './checks.ts';

const style = shape({}, { bold: flag, italic: flag, strike: flag, code: flag, underline: flag });
const words = text(40_000);

const leaf = byType({
	text: typed('text', { text: words }, { style }),
	link: typed('link', { url: text(3000) }, { text: words, style, unsafe: flag }),
	emoji: typed('emoji', { name: text(100) }, { unicode: text(100), style }),
	user: typed('user', { user_id: text(20) }, { style }),
	usergroup: typed('usergroup', { usergroup_id: text(20) }, { style }),
	channel: typed('channel', { channel_id: text(20) }, { style }),
	broadcast: typed('broadcast', { range: oneOf('here', 'channel', 'everyone') }, { style }),
	date: typed(
		'date',
		{ timestamp: integer(0, 99_999_999_999), format: text(100) },
		{ url: text(3000), fallback: text(200) },
	),
});

const leaves = list(leaf, 0, 1000);
const border = { border: integer(0, 1) };
const section: Check = typed('rich_text_section', { elements: leaves });

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export const richText: Check = typed(
	'rich_text',
	{
		elements: list(
			byType({
				rich_text_section: section,
				rich_text_list: typed(
					'rich_text_list',
					{
						style: oneOf('bullet', 'ordered'),
						elements: list(
							later(() => section),
							1,
							1000,
						),
					},
					{ indent: integer(0, 8), offset: integer(0, 10_000), ...border },
				),
				rich_text_quote: typed('rich_text_quote', { elements: leaves }, border),
				rich_text_preformatted: typed(
					'rich_text_preformatted',
					{ elements: leaves },
					{ language: text(50), ...border },
				),
			}),
			1,
			1000,
		),
	},
	{ block_id: text(255) },
);
