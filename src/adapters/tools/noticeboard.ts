import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { Tool, ToolResult, Toolset } from '../../core/tool.ts';

/** Longest notice in characters. */
const LONGEST = 2_000;

const tool: Tool = {
	name: 'post_notice',
	description: 'Posts a notice on the noticeboard, where everybody reads it. It cannot be taken back.',
	parameters: {
		type: 'object',
		properties: { text: { type: 'string', minLength: 1, maxLength: LONGEST, description: 'The notice.' } },
		required: ['text'],
		additionalProperties: false,
	},
	effects: 'irreversible',
	idempotent: true,
	openWorld: false,
	source: 'noticeboard',
	fingerprint: createHash('sha256').update('noticeboard post_notice 1').digest('hex'),
	label: 'noticeboard · post notice',
};

/**
 * A noticeboard: a Markdown file that people read. What stands on it once stays. A call that is made again, after a crash,
 * is known by its effect key and posts nothing.
 */
export function createNoticeboard(file: string, clock: Clock): Toolset {
	return {
		tools: async () => [tool],
		async call(name, input, { effectKey }) {
			if (name !== tool.name) return failed(`There is no tool ${name} here.`);
			const text = textOf(input);
			if (text === null) return failed(`A notice needs a text of 1 to ${LONGEST} characters, as {"text": "..."}.`);
			const key = `<!-- ${createHash('sha256').update(effectKey).digest('hex').slice(0, 32)} -->`;
			const notice = `${key}\n## ${new Date(clock.now()).toISOString()}\n\n${text}\n\n`;
			try {
				if (!(await contentOf(file)).includes(key)) {
					await mkdir(dirname(file), { recursive: true });
					await appendFile(file, notice);
				}
			} catch (error) {
				return failed(`The noticeboard cannot be written: ${error instanceof Error ? error.message : String(error)}.`);
			}
			return { text: 'The notice is posted.', isError: false };
		},
		async close() {},
	};
}

const failed = (text: string): ToolResult => ({ text, isError: true });

function textOf(input: unknown): string | null {
	const text = typeof input === 'object' && input !== null && 'text' in input ? input.text : null;
	return typeof text === 'string' && text.trim() !== '' && text.length <= LONGEST ? text : null;
}

const contentOf = (file: string): Promise<string> =>
	readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return '';
		throw error;
	});
