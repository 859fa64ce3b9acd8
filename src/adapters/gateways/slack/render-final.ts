import type { MessageOf, RenderContext } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { resultFiles } from '../shared/result-files.ts';
import { answerText, factsText, headingOf, shortfallTexts } from '../shared/result-text.ts';
import { splitMarkdown } from '../shared/split-markdown.ts';
import { context, header, markdown, partText, plainSections, section } from './blocks.ts';
import { fileBody } from './file-body.ts';
import { MARKDOWN_PART, RESULT_FILES } from './limits.ts';
import type { SlackBlock, SlackBody } from './slack-body.ts';
import { clipped, escaped, foreignLine, foreignMarkdown, growingMarkdown } from './slack-text.ts';

type Final = MessageOf<'final'>;

/** Most messages of a result, unless nothing is to be shortened; the last is then a file with all of it. */
const MAX_PARTS = 3;
const MAX_SHORTFALLS = 1500;

/** The result: streamed while it is written; then with its standing and what is missing from it above the text. */
export function renderFinal(final: Final, context: RenderContext): SlackBody[] {
	return final.streaming ? streamedParts(final, context) : finishedParts(final, context);
}

function streamedParts(final: Final, { say, verbosity }: RenderContext): SlackBody[] {
	const text = leadOf(final, say) + growingMarkdown(final.content);
	const parts = splitMarkdown(text, MARKDOWN_PART, true);
	const shown = verbosity === 'full' ? parts : parts.slice(0, MAX_PARTS - 1);
	return shown.map((part, index): SlackBody => {
		const isDone = index < parts.length - 1;
		return { type: 'stream', markdown: part, isDone, text: escaped(foreignLine(part, 700)) };
	});
}

/** Who reads along must not take what a part of the team says for the whole team's word. */
function leadOf({ answers, agents }: Final, say: Say): string {
	if (answers >= agents) return '';
	const given = { answers, agents: say('board.agents', { count: agents }) };
	return `**${say('final.heading.partial', given)}**\n\n`;
}

function finishedParts(final: Final, within: RenderContext): SlackBody[] {
	const { place, say, verbosity } = within;
	const answer = foreignMarkdown(final.content);
	const hasAnswer = answer.trim() !== '';
	const heading = headingOf({ ...final, hasAnswer }, say);
	const text = hasAnswer ? answer : answerText({ ...final, content: '' }, say);
	const parts = splitMarkdown(text, MARKDOWN_PART);
	const isCut = parts.length > MAX_PARTS && verbosity !== 'full';
	const shown = isCut ? parts.slice(0, MAX_PARTS - 1) : parts;
	const bodies = shown.map((part, index): SlackBody => {
		const isLast = index === shown.length - 1;
		const top = index === 0 ? topOf(final, heading, say) : smallPrint(heading, index + 1, parts.length, say);
		const bottom = isLast ? bottomOf(final, isCut ? text.length : null, say) : [];
		return {
			type: 'message',
			text: `${heading}\n${[...(index === 0 ? shortfallTexts(final, say) : []), escaped(foreignLine(part, 600))].join('\n')}`,
			blocks: [...top, markdown(part), ...bottom],
			plainBlocks: [...top, ...plainSections(part), ...bottom],
			controls: [],
		};
	});
	const file = { name: [place.run ?? '', 'answer'], content: final.content };
	const whole = isCut ? [fileBody(file, say('slack.file.final'), say)] : [];
	return [...bodies, ...whole, ...filesBodies(final, within)];
}

/** What the winner's folder held, as far as it is attached. */
function filesBodies({ files }: Final, { place, say }: RenderContext): SlackBody[] {
	const found = resultFiles(files, RESULT_FILES, say);
	if (found === null) return [];
	const mark = `${say('slack.board.run', { run: escaped(place.run ?? '') })} ·`;
	const text = `${mark} ${found.text}`;
	const [first, ...more] = found.attached.map(({ name, kept }) => ({ name, kept }));
	if (first === undefined) {
		const blocks = context([text]);
		return [{ type: 'message', text, blocks, plainBlocks: blocks, controls: [] }];
	}
	const names = [first, ...more].map(({ name }) => name).join(', ');
	const instead = `${mark} ${say('slack.files_refused', { names: escaped(clipped(names, 600)) })}`;
	return [{ type: 'file', files: [first, ...more], mark, text, instead }];
}

const smallPrint = (heading: string, part: number, parts: number, say: Say): SlackBlock[] =>
	context([heading, partText(part, parts, say)]);

function topOf(final: Final, heading: string, say: Say): SlackBlock[] {
	const missing = shortfallTexts(final, say).map((text) => `• ${escaped(text)}`);
	if (missing.length === 0) return [header(heading)];
	return [header(heading), section(clipped([say('final.notes'), ...missing].join('\n'), MAX_SHORTFALLS))];
}

function bottomOf(final: Final, cutFrom: number | null, say: Say): SlackBlock[] {
	const by =
		final.winner === null || final.content === ''
			? null
			: say('final.by', { agent: escaped(foreignLine(final.winner, 60)) });
	const cut = context([cutFrom === null ? null : say('slack.shortened', { count: cutFrom })]);
	return [...cut, ...context([by, factsText(final, say)])];
}
