import { z } from 'zod';
import type { BackendRequest } from '../../../core/backend.ts';

/** What a script can know of a request. */
export interface Prompt {
	question: string;
	answers: readonly { name: string; content: string; mine: boolean }[];
	/** Names that the vote tool offers. */
	votable: readonly string[];
	/** As the prompt states it; empty when it does not. */
	date: string;
	/** Model replies so far in this conversation. */
	replies: number;
}

interface Block {
	tag: string;
	attributes: string;
	text: string;
}

/** Reads a prompt in the layout of the agents' instructions: blocks in tags whose number no text inside repeats. */
export function readPrompt(request: BackendRequest): Prompt {
	const prompts = request.messages.flatMap((message) => (message.role === 'user' ? [blocksOf(message.text)] : []));
	const question = prompts.flat().find((block) => block.tag === 'question');
	const latest = prompts.findLast((blocks) => blocks.some((block) => block.tag === 'answer')) ?? [];
	return {
		question: question?.text ?? '',
		answers: latest.flatMap((block) => {
			const name = /^name="(\w+)"/.exec(block.attributes)?.[1];
			if (block.tag !== 'answer' || name === undefined) return [];
			return [{ name, content: block.text, mine: block.attributes.endsWith(' yours') }];
		}),
		votable: votableOf(request),
		date: /^Date: (\d{4}-\d{2}-\d{2})$/m.exec(request.system)?.[1] ?? '',
		replies: request.messages.filter((message) => message.role === 'assistant').length,
	};
}

const OPENING = /^<([a-z-]+)-(\d{9})((?: [^>\n]*)?)>\n/gm;

function blocksOf(text: string): Block[] {
	const blocks: Block[] = [];
	const opening = new RegExp(OPENING);
	for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
		const [whole, tag = '', mark = '', attributes = ''] = match;
		const start = match.index + whole.length;
		const end = text.indexOf(`\n</${tag}-${mark}>`, start);
		if (end < 0) continue;
		blocks.push({ tag, attributes: attributes.trim(), text: text.slice(start, end) });
		opening.lastIndex = end;
	}
	return blocks;
}

const voteParameters = z.object({ properties: z.object({ agent_id: z.object({ enum: z.array(z.string()) }) }) });

function votableOf(request: BackendRequest): readonly string[] {
	const vote = request.tools.find((tool) => tool.name === 'vote');
	return voteParameters.safeParse(vote?.parameters).data?.properties.agent_id.enum ?? [];
}
