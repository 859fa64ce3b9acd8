import type { Say } from '../../../core/say.ts';
import { MAX_FILE_BYTES } from './limits.ts';
import type { SlackBody } from './slack-body.ts';

/** A text as a file of Markdown. `name`: its parts make it unique in its thread. `about` says what it is. */
export function fileBody(file: { name: readonly string[]; content: string }, about: string, say: Say): SlackBody {
	const name = `${file.name.map(safe).filter(Boolean).join('-')}.md`;
	const bytes = Buffer.byteLength(file.content);
	const kilobytes = Math.ceil(bytes / 1000);
	const instead = say('slack.file.instead', { name, kilobytes });
	if (bytes > MAX_FILE_BYTES) {
		const block = { type: 'section', text: { type: 'mrkdwn', text: instead } };
		return { type: 'message', text: instead, blocks: [block], plainBlocks: [block], controls: [] };
	}
	const files = [{ name, content: file.content }];
	return { type: 'file', files, mark: name, text: say('slack.file.about', { about, kilobytes }), instead };
}

const safe = (part: string): string => part.replace(/[^\w.-]+/g, '_').slice(0, 60);
