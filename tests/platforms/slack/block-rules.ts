import { dataTable, dataVisualization, table } from './chart-rules.ts';
import {
	also,
	anyText,
	byType,
	type Check,
	flag,
	list,
	markedText,
	oneOf,
	plainText,
	problem,
	shape,
	text,
	typed,
} from './checks.ts';
import { accessory, actionElement, cardButton, contextAction, image, inputElement } from './element-rules.ts';
import { isObject, type JsonObject, objectsIn } from './json.ts';
import { refuseWith, SlackRefusal } from './refusal.ts';
import { richText } from './rich-text-rules.ts';

export type Surface = 'message' | 'modal' | 'home';

/** Blocks of one message. https://docs.slack.dev/reference/block-kit/blocks */
const MAX_BLOCKS = { message: 50, modal: 100, home: 100 } as const;
/** Characters of all markdown blocks of one message. */
const MARKDOWN = 12_000;
/** Characters of all blocks of one message together; observed, https://github.com/slackapi/bolt-js/issues/2509 */
const ALL_BLOCKS = 13_200;
const MAX_CHARTS = 2;

const id = { block_id: text(255) };
const where = { image_url: text(3000), slack_file: shape({}, { id: text(255), url: text(3000) }) };

const imageBlock = also(
	typed('image', { alt_text: text(2000) }, { ...id, ...where, title: plainText(2000) }),
	({ image_url, slack_file }, path, problems) => {
		if ((image_url === undefined) === (slack_file === undefined))
			problems.push(problem('either image_url or slack_file must be given', path));
	},
);

const section = also(
	typed('section', {}, { ...id, text: anyText(3000), fields: list(anyText(2000), 1, 10), accessory, expand: flag }),
	(block, path, problems) => {
		if (block.text === undefined && block.fields === undefined)
			problems.push(problem('either text or fields must be given', path));
	},
);

const source = typed('url', { url: text(3000), text: text(3000) });
const taskCard = typed(
	'task_card',
	{ task_id: text(255), title: text(3000), status: oneOf('pending', 'in_progress', 'complete', 'error') },
	{ ...id, details: richText, output: richText, sources: list(source, 0, 50) },
);

const card = typed(
	'card',
	{},
	{
		...id,
		hero_image: image,
		icon: image,
		title: markedText(150),
		subtitle: markedText(150),
		body: markedText(200),
		actions: list(cardButton, 1, 5),
	},
);

const actions = typed('actions', { elements: list(actionElement, 1, 25) }, id);
const context = typed(
	'context',
	{ elements: list(byType({ image, plain_text: plainText(3000), mrkdwn: markedText(3000) }), 1, 10) },
	id,
);
const divider = typed('divider', {}, id);
const header = typed('header', { text: plainText(150) }, id);
const input = typed(
	'input',
	{ label: plainText(2000), element: inputElement },
	{ ...id, hint: plainText(2000), optional: flag, dispatch_action: flag },
);

const everywhere: Readonly<Record<string, Check>> = {
	actions,
	context,
	divider,
	header,
	image: imageBlock,
	input,
	rich_text: richText,
	section,
};

const container = typed(
	'container',
	{ child_blocks: list(byType({ ...everywhere, table }), 1, 10) },
	{
		...id,
		title: plainText(150),
		rich_text_title: richText,
		subtitle: anyText(150),
		icon: image,
		width: oneOf('narrow', 'standard', 'wide', 'full'),
		is_collapsible: flag,
		default_collapsed: flag,
		has_header_divider: flag,
	},
);

const onMessages: Readonly<Record<string, Check>> = {
	...everywhere,
	card,
	carousel: typed('carousel', { elements: list(card, 1, 10) }, id),
	container,
	context_actions: typed('context_actions', { elements: list(contextAction, 1, 5) }, id),
	data_table: dataTable,
	data_visualization: dataVisualization,
	markdown: typed('markdown', { text: text(MARKDOWN) }, id),
	plan: typed('plan', { title: text(3000) }, { ...id, tasks: list(taskCard, 0, 50) }),
	table,
	task_card: taskCard,
};

const BLOCKS: Readonly<Record<Surface, Check>> = {
	message: byType(onMessages),
	modal: byType({
		...everywhere,
		alert: typed(
			'alert',
			{ text: anyText(3000) },
			{ ...id, level: oneOf('default', 'info', 'warning', 'error', 'success') },
		),
	}),
	home: byType(everywhere),
};

/** Every element of the blocks that has an action id, with the path of its block. */
function actionIds(block: JsonObject): string[] {
	const found: string[] = [];
	const look = (value: unknown) => {
		if (Array.isArray(value)) value.forEach(look);
		else if (isObject(value)) {
			if (typeof value.action_id === 'string') found.push(value.action_id);
			Object.values(value).forEach(look);
		}
	};
	look(block);
	return found;
}

const repeated = (ids: readonly unknown[]) => ids.find((one, index) => one !== undefined && ids.indexOf(one) !== index);

/** Fields that hold no words a person reads. */
const MUTE = new Set([
	'type',
	'action_id',
	'block_id',
	'task_id',
	'value',
	'url',
	'image_url',
	'style',
	'status',
	'align',
]);

/** Characters of the words in blocks. */
export function sizeOf(value: unknown): number {
	if (typeof value === 'string') return value.length;
	if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + sizeOf(one), 0);
	if (!isObject(value)) return 0;
	return Object.entries(value).reduce((sum, [key, inner]) => sum + (MUTE.has(key) ? 0 : sizeOf(inner)), 0);
}

/** What is wrong with blocks, as Slack words it; empty when nothing is. */
export function blockProblems(blocks: readonly unknown[], surface: Surface, path = '/blocks'): string[] {
	const problems: string[] = [];
	list(BLOCKS[surface], 0, MAX_BLOCKS[surface])(blocks, path, problems);
	const objects = objectsIn(blocks);
	const double = repeated(objects.map((block) => block.block_id));
	if (double !== undefined) problems.push(problem(`block_id already exists: ${double}`, path));
	objects.forEach((block, index) => {
		const again = repeated(actionIds(block));
		if (again !== undefined) problems.push(problem(`action_id already exists: ${again}`, `${path}/${index}`));
	});
	const count = (type: string) => objects.filter((block) => block.type === type).length;
	if (count('table') > 1) problems.push(problem('only_one_table_allowed', path));
	if (count('data_visualization') > MAX_CHARTS)
		problems.push(problem(`no more than ${MAX_CHARTS} data_visualization blocks allowed`, path));
	const markdown = objects.reduce((sum, block) => sum + (block.type === 'markdown' ? sizeOf(block.text) : 0), 0);
	if (markdown > MARKDOWN) problems.push(problem(`markdown blocks hold more than ${MARKDOWN} characters`, path));
	return problems;
}

/** The blocks of a message, refused as Slack refuses them. */
export function checkMessageBlocks(value: unknown): JsonObject[] {
	if (!Array.isArray(value)) throw new SlackRefusal('invalid_blocks_format');
	const problems = blockProblems(value, 'message');
	if (problems.length > 0) refuseWith('invalid_blocks', problems);
	if (sizeOf(value) > ALL_BLOCKS) throw new SlackRefusal('msg_blocks_too_long');
	return objectsIn(value);
}
