import type { MessageOf, RenderContext } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { splitMarkdown } from '../shared/split-markdown.ts';
import { context, markdown, partText, plainSections, section } from './blocks.ts';
import { fileBody } from './file-body.ts';
import { MARKDOWN_PART, SHORTENED } from './limits.ts';
import type { SlackBlock, SlackBody } from './slack-body.ts';
import { escaped, foreignLine, foreignMarkdown } from './slack-text.ts';

type Slot = MessageOf<'slot'>;

/** An agent's latest answer: whole where it fits into a message, else in parts (`full`) or shortened and as a file. */
export function renderSlot(slot: Slot, { place, say, verbosity }: RenderContext): SlackBody[] {
	const content = foreignMarkdown(slot.content);
	const parts = splitMarkdown(content, MARKDOWN_PART);
	if (parts.length <= 1 || verbosity === 'full') {
		return parts.map((part, index) => {
			return answerBody(slot, part, { say, note: partText(index + 1, parts.length, say), isPart: index > 0 });
		});
	}
	const [beginning = ''] = splitMarkdown(content, SHORTENED);
	const note = say('slack.shortened', { count: content.length });
	const file = { name: [place.run ?? '', slot.agent, `v${slot.version}`], content: slot.content };
	const about = say('slack.file.answer', { agent: escaped(slot.agent), version: slot.version });
	return [answerBody(slot, beginning, { say, note, isPart: false }), fileBody(file, about, say)];
}

interface PartContext {
	say: Say;
	note: string | null;
	isPart: boolean;
}

function answerBody(slot: Slot, text: string, { say, note, isPart }: PartContext): SlackBody {
	const revised = slot.versions > 1 ? ` · ${say('slot.version', { version: slot.version })}` : '';
	const title = `${escaped(foreignLine(slot.agent, 100))}${revised}`;
	const top: SlackBlock[] = isPart ? context([`${title} · ${note}`]) : [section(`*${title}*`)];
	const bottom = isPart ? [] : context([note]);
	return {
		type: 'message',
		text: `${title}: ${escaped(foreignLine(text, 700))}`,
		blocks: [...top, markdown(text), ...bottom],
		plainBlocks: [...top, ...plainSections(text), ...bottom],
		controls: [],
	};
}
