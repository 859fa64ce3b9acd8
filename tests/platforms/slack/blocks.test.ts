import { expect, it } from 'vitest';
import { startScene } from './bolt-app.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const marked = (text: string) => ({ type: 'mrkdwn', text });
const x = (count: number) => 'x'.repeat(count);
const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), action_id: 'go', ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const section = (text: string) => ({ type: 'section', text: marked(text) });
const rich = (text: string) => ({
	type: 'rich_text',
	elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});
const options = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ text: plain('One'), value: `${index}` }));
const task = (more: object = {}) => ({
	type: 'task_card',
	task_id: 'a',
	title: 'agent1',
	status: 'in_progress',
	...more,
});
const bars = (labels: string[]) => ({
	type: 'data_visualization',
	title: 'Votes',
	chart: {
		type: 'bar',
		series: [{ name: 'votes', data: labels.map((label) => ({ label, value: 1 })) }],
		axis_config: { categories: ['a', 'b'] },
	},
});
const table = (rows: unknown[][]) => ({ type: 'table', rows });
const cell = (text: string) => ({ type: 'raw_text', text });

async function startPosting() {
	const scene = await startScene('socket', { tiers: { enforced: false } });
	const token = scene.slack.tokenOf('T1');
	const post = (blocks: unknown[]) =>
		scene.app.client.apiCall('chat.postMessage', {
			token,
			channel: 'C1',
			text: 'words',
			blocks,
			unfurl_links: false,
			unfurl_media: false,
		});
	return { ...scene, post };
}

it.each([
	[
		'51 blocks',
		Array.from({ length: 51 }, () => ({ type: 'divider' })),
		'no more than 50 items allowed [json-pointer:/blocks]',
	],
	['an unknown block', [{ type: 'song' }], 'unsupported type: song [json-pointer:/blocks/0/type]'],
	[
		'a field there is none of',
		[actions(button({ disabled: true }))],
		'invalid additional property: disabled [json-pointer:/blocks/0/elements/0]',
	],
	[
		'a section of 3,001 characters',
		[section(x(3001))],
		'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
	],
	['an empty section', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
	['a section without words', [{ type: 'section' }], 'either text or fields must be given [json-pointer:/blocks/0]'],
	[
		'11 fields',
		[{ type: 'section', fields: Array.from({ length: 11 }, () => marked('x')) }],
		'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
	],
	[
		'a header of 151 characters',
		[{ type: 'header', text: plain(x(151)) }],
		'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
	],
	[
		'a marked header',
		[{ type: 'header', text: marked('x') }],
		'must be one of plain_text [json-pointer:/blocks/0/text/type]',
	],
	[
		'a button label of 76 characters',
		[actions(button({ text: plain(x(76)) }))],
		'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
	],
	[
		'a button value of 2,001 characters',
		[actions(button({ value: x(2001) }))],
		'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
	],
	[
		'an action id of 256 characters',
		[actions(button({ action_id: x(256) }))],
		'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
	],
	[
		'an action id twice in a block',
		[actions(button(), button())],
		'action_id already exists: go [json-pointer:/blocks/0]',
	],
	[
		'a block id twice',
		[
			{ type: 'divider', block_id: 'a' },
			{ type: 'divider', block_id: 'a' },
		],
		'block_id already exists: a [json-pointer:/blocks]',
	],
	[
		'26 buttons',
		[actions(...Array.from({ length: 26 }, (_, index) => button({ action_id: `go${index}` })))],
		'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
	],
	[
		'101 options',
		[actions({ type: 'static_select', action_id: 's', options: options(101) })],
		'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
	],
	[
		'6 overflow options',
		[actions({ type: 'overflow', action_id: 'o', options: options(6) })],
		'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
	],
	[
		'no options',
		[actions({ type: 'static_select', action_id: 's' })],
		'either options or option_groups must be given [json-pointer:/blocks/0/elements/0]',
	],
	[
		'an option value of 76 characters',
		[actions({ type: 'radio_buttons', options: [{ text: plain('a'), value: x(76) }] })],
		'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
	],
	[
		'a confirm title of 101 characters',
		[actions(button({ confirm: { title: plain(x(101)), text: plain('a'), confirm: plain('y'), deny: plain('n') } }))],
		'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
	],
	[
		'11 context elements',
		[{ type: 'context', elements: Array.from({ length: 11 }, () => marked('x')) }],
		'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
	],
	[
		'an image without words',
		[{ type: 'image', image_url: 'https://a/b.png' }],
		'missing required field: alt_text [json-pointer:/blocks/0]',
	],
	[
		'an image from two places',
		[{ type: 'image', alt_text: 'a', image_url: 'https://a/b.png', slack_file: { id: 'F1' } }],
		'either image_url or slack_file must be given [json-pointer:/blocks/0]',
	],
	[
		'a task of unknown state',
		[{ type: 'plan', title: 'Run', tasks: [task({ status: 'lost' })] }],
		'must be one of pending, in_progress, complete, error [json-pointer:/blocks/0/tasks/0/status]',
	],
	[
		'task details in plain words',
		[{ type: 'plan', title: 'Run', tasks: [task({ details: 'x' })] }],
		'must be an object [json-pointer:/blocks/0/tasks/0/details]',
	],
	['two tables', [table([[cell('a')]]), table([[cell('a')]])], 'only_one_table_allowed [json-pointer:/blocks]'],
	[
		'21 columns',
		[table([Array.from({ length: 21 }, () => cell('a'))])],
		'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
	],
	[
		'rows of unequal length',
		[table([[cell('a')], [cell('a'), cell('b')]])],
		'rows must be of equal length [json-pointer:/blocks/0/rows]',
	],
	[
		'a table of 10,001 characters',
		[table([[cell(x(5001)), cell(x(5000))]])],
		'cells hold more than 10000 characters [json-pointer:/blocks/0/rows]',
	],
	[
		'a data table without caption',
		[{ type: 'data_table', rows: [[cell('a')]] }],
		'missing required field: caption [json-pointer:/blocks/0]',
	],
	[
		'a chart whose labels are not its categories',
		[bars(['a', 'c'])],
		'labels must match axis_config.categories [json-pointer:/blocks/0/chart/series/0/data]',
	],
	[
		'three charts',
		[bars(['a', 'b']), bars(['a', 'b']), bars(['a', 'b'])],
		'no more than 2 data_visualization blocks allowed [json-pointer:/blocks]',
	],
	[
		'a pie of 7 pieces',
		[
			{
				type: 'data_visualization',
				title: 'V',
				chart: { type: 'pie', segments: Array.from({ length: 7 }, () => ({ label: 'a', value: 1 })) },
			},
		],
		'no more than 6 items allowed [json-pointer:/blocks/0/chart/segments]',
	],
	[
		'markdown blocks of 12,001 characters together',
		[
			{ type: 'markdown', text: x(12_000) },
			{ type: 'markdown', text: 'x' },
		],
		'markdown blocks hold more than 12000 characters [json-pointer:/blocks]',
	],
	[
		'a container of containers',
		[{ type: 'container', title: plain('a'), child_blocks: [{ type: 'container', child_blocks: [] }] }],
		'unsupported type: container [json-pointer:/blocks/0/child_blocks/0/type]',
	],
	[
		'a file input in a message',
		[actions({ type: 'file_input', action_id: 'f' })],
		'unsupported type: file_input [json-pointer:/blocks/0/elements/0/type]',
	],
])('%s are refused with their place', async (_title, blocks, sentence) => {
	const { slack, post } = await startPosting();
	const error = await post(blocks).catch((refused: unknown) => refused);
	expect(error).toMatchObject({
		data: { error: 'invalid_blocks', response_metadata: { messages: [`[ERROR] ${sentence}`] } },
	});
	expect([slack.messages('T1', 'C1'), slack.violations.map(({ code }) => code)]).toEqual([[], ['invalid_blocks']]);
});

it('blocks of more than 13,200 characters together are too long', async () => {
	const { post } = await startPosting();
	const of = (last: number) => [...Array.from({ length: 4 }, () => section(x(3000))), section(x(last))];
	await post(of(1200 - 5 * 'words'.length));
	await expect(post(of(1201))).rejects.toThrow('msg_blocks_too_long');
});

it('every kind of block can be read as text', async () => {
	const { slack, post } = await startPosting();
	await post([
		{ type: 'header', text: plain('Board') },
		{ ...section('*why?*'), accessory: button(), fields: [marked('round 1'), plain('12 s')] },
		{ type: 'divider' },
		{ type: 'context', elements: [marked('by ada'), { type: 'image', alt_text: 'ada', image_url: 'https://a/b.png' }] },
		{
			type: 'plan',
			title: 'Run 1',
			tasks: [
				task({ details: rich('tool: search') }),
				task({ task_id: 'b', status: 'complete', output: rich('answered') }),
			],
		},
		task({ task_id: 'c', status: 'error', sources: [{ type: 'url', url: 'https://a', text: 'a' }] }),
		bars(['a', 'b']),
		{ type: 'data_visualization', title: 'Share', chart: { type: 'pie', segments: [{ label: 'a', value: 2 }] } },
		table([
			[cell('agent'), cell('votes')],
			[cell('a'), { type: 'raw_number', value: 2, text: '2' }],
		]),
		{ type: 'data_table', caption: 'Votes', rows: [[cell('agent')], [rich('b')]] },
		{ type: 'markdown', text: '**bold**' },
		{ type: 'image', alt_text: 'a chart', image_url: 'https://a/b.png' },
		{ type: 'container', title: plain('More'), is_collapsible: true, child_blocks: [section('inside')] },
		{ type: 'card', title: marked('Card'), body: marked('body'), actions: [button()] },
		{ type: 'carousel', elements: [{ type: 'card', title: marked('First') }] },
		{
			type: 'rich_text',
			elements: [
				{
					type: 'rich_text_list',
					style: 'bullet',
					elements: [
						{
							type: 'rich_text_section',
							elements: [
								{ type: 'link', url: 'https://a' },
								{ type: 'emoji', name: 'wave' },
							],
						},
					],
				},
				{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'code' }] },
			],
		},
		{ type: 'input', label: plain('Name'), element: { type: 'plain_text_input', action_id: 'name' } },
		actions(button({ style: 'danger' }), { type: 'overflow', action_id: 'more', options: options(2) }),
	]);
	expect(slack.render('T1', 'C1')).toMatchInlineSnapshot(`
		"APP
		  # Board
		  *why?* [Go]
		  round 1
		  12 s
		  ---
		  _ by ada | (image: ada)
		  ## Run 1
		  (~) agent1
		      tool: search
		  (x) agent1
		      answered
		  (!) agent1
		  (bar chart: Votes)
		    votes
		    a: 1
		    b: 1
		  (pie chart: Share)
		    a: 2
		  | agent | votes |
		  | a | 2 |
		  (table: Votes)
		  | agent |
		  | b |
		  **bold**
		  (image: a chart)
		  { More
		    inside
		  }
		  Card
		  body
		  [Go]
		  First
		  - https://a:wave:
		  \`\`\`
		  code
		  \`\`\`
		  Name: [plain_text_input: name]
		  [Go !danger] [overflow: more]"
	`);
	expect(slack.violations).toEqual([]);
});
