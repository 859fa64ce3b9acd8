import { isObject, type JsonObject, objectsIn, stringOf } from './json.ts';
import type { EphemeralMessage, SlackMessage, SlackTeam, SlackView } from './world.ts';

/** The words of a text object, or of a rich text. */
function wordsOf(value: unknown): string {
	if (typeof value === 'string') return value;
	if (Array.isArray(value)) return value.map(wordsOf).join('');
	if (!isObject(value)) return '';
	if (value.type === 'rich_text_section' || value.type === 'rich_text_quote') return `${wordsOf(value.elements)}\n`;
	if (value.type === 'rich_text_list')
		return objectsIn(value.elements)
			.map((item) => `- ${wordsOf(item)}`)
			.join('');
	if (value.type === 'rich_text_preformatted') return `\`\`\`\n${wordsOf(value.elements)}\n\`\`\`\n`;
	if (value.type === 'link') return stringOf(value.text) || stringOf(value.url);
	if (value.type === 'emoji') return `:${stringOf(value.name)}:`;
	if (value.type === 'user') return `<@${stringOf(value.user_id)}>`;
	return typeof value.text === 'object' || typeof value.text === 'string'
		? wordsOf(value.text)
		: wordsOf(value.elements);
}

/** A button as `[Label]`, with what sets it apart. */
function elementLine(element: JsonObject): string {
	switch (element.type) {
		case 'button':
			return `[${wordsOf(element.text)}${element.style === undefined ? '' : ` !${element.style}`}]`;
		case 'feedback_buttons':
			return `[${wordsOf((element.positive_button as JsonObject).text)}] [${wordsOf((element.negative_button as JsonObject).text)}]`;
		case 'image':
			return `(image: ${stringOf(element.alt_text)})`;
		case 'plain_text':
		case 'mrkdwn':
			return wordsOf(element);
		default:
			return `[${String(element.type)}: ${wordsOf(element.placeholder) || stringOf(element.action_id)}]`;
	}
}

const lineOf = (elements: unknown, between = ' ') => objectsIn(elements).map(elementLine).join(between);

function chartLines({ title, chart }: JsonObject): string[] {
	const { type, segments, series } = isObject(chart) ? chart : {};
	const points = (list: unknown) => objectsIn(list).map(({ label, value }) => `  ${String(label)}: ${String(value)}`);
	return [
		`(${String(type)} chart: ${stringOf(title)})`,
		...points(segments),
		...objectsIn(series).flatMap((one) => [`  ${stringOf(one.name)}`, ...points(one.data)]),
	];
}

const rowsOf = (rows: unknown) =>
	(Array.isArray(rows) ? rows : []).map(
		(row) => `| ${(Array.isArray(row) ? row : []).map((cell) => wordsOf(cell).trim()).join(' | ')} |`,
	);

const STATES: Readonly<Record<string, string>> = { pending: '( )', in_progress: '(~)', complete: '(x)', error: '(!)' };

function taskLines({ title, status, details, output }: JsonObject): string[] {
	const more = [details, output].map((part) => wordsOf(part).trim()).filter((part) => part !== '');
	return [`${STATES[stringOf(status)] ?? '(?)'} ${stringOf(title)}`, ...more.map((part) => `    ${part}`)];
}

function sectionLines({ text, fields, accessory }: JsonObject): string[] {
	const words = [wordsOf(text), ...objectsIn(fields).map(wordsOf)].filter((part) => part !== '');
	const [first = '', ...rest] = words;
	return [isObject(accessory) ? `${first} ${elementLine(accessory)}` : first, ...rest];
}

/** A block as lines of text. */
function blockLines(block: JsonObject): string[] {
	switch (block.type) {
		case 'header':
			return [`# ${wordsOf(block.text)}`];
		case 'section':
			return sectionLines(block);
		case 'divider':
			return ['---'];
		case 'context':
			return [`_ ${lineOf(block.elements, ' | ')}`];
		case 'actions':
		case 'context_actions':
			return [lineOf(block.elements)];
		case 'input':
			return [`${wordsOf(block.label)}: ${isObject(block.element) ? elementLine(block.element) : ''}`];
		case 'plan':
			return [`## ${stringOf(block.title)}`, ...objectsIn(block.tasks).flatMap(taskLines)];
		case 'task_card':
			return taskLines(block);
		case 'table':
			return rowsOf(block.rows);
		case 'data_table':
			return [`(table: ${stringOf(block.caption)})`, ...rowsOf(block.rows)];
		case 'data_visualization':
			return chartLines(block);
		case 'image':
			return [`(image: ${stringOf(block.alt_text)})`];
		case 'container':
			return [`{ ${wordsOf(block.title)}`, ...renderBlocks(block.child_blocks).map((line) => `  ${line}`), '}'];
		case 'card':
			return [block.title, block.subtitle, block.body].map(wordsOf).concat(lineOf(block.actions)).filter(Boolean);
		case 'carousel':
			return objectsIn(block.elements).flatMap(blockLines);
		default:
			return [wordsOf(block)];
	}
}

export const renderBlocks = (blocks: unknown): string[] =>
	objectsIn(blocks)
		.flatMap(blockLines)
		.flatMap((line) => line.trimEnd().split('\n'));

/** The body of a message: its blocks, or its text when it has none; what streamed stands before the blocks. */
function bodyLines(text: string, blocks: readonly JsonObject[], streamed: boolean): string[] {
	const words = text === '' ? [] : text.split('\n');
	return blocks.length === 0 ? words : streamed ? [...words, ...renderBlocks(blocks)] : renderBlocks(blocks);
}

/** Whether a message shows what was streamed: an edit takes its place. */
const isStreamed = ({ stream, text }: SlackMessage): boolean =>
	stream !== null && text === stream.chunks.map((chunk) => stringOf(chunk.text)).join('');

function nameOf(team: SlackTeam, { user, bot }: SlackMessage): string {
	return bot === null ? (team.users.get(user)?.name ?? user) : bot === team.botId ? 'APP' : bot;
}

function messageLines(team: SlackTeam, message: SlackMessage): string[] {
	const marks = [
		message.markedEdited ? ' (edited)' : '',
		message.stream?.state === 'in_progress' ? ' (streaming)' : '',
		message.subtype === 'thread_broadcast' ? ' (also in channel)' : '',
	].join('');
	const files = message.files.map(({ title, length }) => `(file: ${title}, ${length} bytes)`);
	const body = bodyLines(message.text, message.blocks, isStreamed(message));
	const reactions = message.reactions.map(({ name, users }) => `:${name}: ${users.length}`).join(' ');
	return [`${nameOf(team, message)}${marks}`, ...body, ...files, ...(reactions === '' ? [] : [reactions])];
}

const indent = (lines: readonly string[], by: string) => lines.map((line) => (line === '' ? '' : `${by}${line}`));

const entry = ([head = '', ...body]: readonly string[], by: string) =>
	indent([head, ...indent(body, '  ')], by).join('\n');

/**
 * A channel as text, oldest first: threads are indented below their root, buttons are `[Label]`, what only one
 * person sees comes last. With `threadTs` that thread alone.
 */
export function renderChannel(team: SlackTeam, channel: string, threadTs: string | null): string {
	const here = team.messages.filter((message) => message.channel === channel && !message.deleted);
	const roots = here.filter(({ ts, threadTs: thread }) =>
		threadTs === null ? thread === null || thread === ts : ts === threadTs,
	);
	const shown = roots.flatMap((root) => [
		entry(messageLines(team, root), ''),
		...here
			.filter((message) => message.threadTs === root.ts && message !== root)
			.map((message) => entry(messageLines(team, message), '    ')),
	]);
	const alone = team.ephemerals
		.filter((one) => one.channel === channel && !one.deleted && (threadTs === null || one.threadTs === threadTs))
		.map((one) => entry(ephemeralLines(team, one), one.threadTs === null ? '' : '    '));
	return [...shown, ...alone].join('\n');
}

function ephemeralLines(team: SlackTeam, { user, text, blocks }: EphemeralMessage): string[] {
	return [`APP (only ${team.users.get(user)?.name ?? user})`, ...bodyLines(text, blocks, false)];
}

/** A modal or home tab as text. */
export function renderView({ content, type }: SlackView): string {
	const buttons = [content.submit, content.close].map(wordsOf).filter((label) => label !== '');
	return [
		type === 'modal' ? `== ${wordsOf(content.title)} ==` : '== home ==',
		...renderBlocks(content.blocks),
		...(buttons.length === 0 ? [] : [buttons.map((label) => `[${label}]`).join(' ')]),
	].join('\n');
}
