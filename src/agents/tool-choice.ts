import type { Message } from '../core/message.ts';
import type { Tool, ToolResult } from '../core/tool.ts';
import { FIND_TOOLS, findTools, foundTools, namesFound, noQuery, nothingFound } from './instructions/tool-search.ts';
import { relevanceOf } from './relevance.ts';

/** Tools that one search gives at most. */
const FOUND = 8;
/** Tools of servers that are offered at first, however many others an agent has. */
const LEAST = 8;

export interface ToolChoiceOptions {
	/** Names of the tools that may be left out. */
	choosable: ReadonlySet<string>;
	/** How many tools are offered at first; with no more than that nothing is left out. */
	most: number;
	question: string;
	/** What was looked up in it is offered again. */
	transcript: readonly Message[];
}

/** The tools that a model is offered while a turn lasts. */
export interface ToolChoice {
	/** In an order in which what a model has read before stays the same. */
	offered(): readonly Tool[];
	/** A tool that can be called now. */
	find(name: string): Tool | null;
	/** What a search for tools gave, which is offered from now on; null: the call is none. */
	search(name: string, input: unknown): ToolResult | null;
}

/**
 * Of more tools than `most`, those that fit the question, and `find_tools` for the others. The same question gives the
 * same choice.
 */
export function chooseTools(tools: readonly Tool[], options: ToolChoiceOptions): ToolChoice {
	const { choosable, most, question, transcript } = options;
	const room = Math.max(LEAST, most - (tools.length - choosable.size) - 1);
	if (tools.length <= most || choosable.size <= room) return everything(tools);
	const ranked = createRanking(tools.filter(({ name }) => choosable.has(name)));
	const chosen = new Set(ranked.all(question).slice(0, room));
	const first = tools.filter((tool) => !choosable.has(tool.name) || chosen.has(tool));
	const offered = new Map([...first, searchTool(tools.length - first.length)].map((tool) => [tool.name, tool]));

	const offer = (names: readonly string[]) => {
		for (const name of names) {
			const tool = tools.find((one) => one.name === name);
			if (tool !== undefined) offered.set(name, tool);
		}
	};
	for (const message of transcript) {
		if (message.role === 'tool' && message.name === FIND_TOOLS && !message.isError) offer(namesFound(message.text));
	}

	return {
		offered: () => [...offered.values()],
		find: (name) => offered.get(name) ?? null,
		search(name, input) {
			if (name !== FIND_TOOLS) return null;
			const query = queryOf(input);
			if (query === null) return { text: noQuery, isError: true };
			const found = ranked.fitting(query).slice(0, FOUND);
			if (found.length === 0) return { text: nothingFound(ranked.sources), isError: true };
			offer(found.map((tool) => tool.name));
			return { text: foundTools(found), isError: false };
		},
	};
}

function everything(tools: readonly Tool[]): ToolChoice {
	return {
		offered: () => tools,
		find: (name) => tools.find((tool) => tool.name === name) ?? null,
		search: () => null,
	};
}

/** Tools by how well they fit a text; equals in turn, one of each source after the other. */
function createRanking(tools: readonly Tool[]) {
	const relevance = relevanceOf(tools);
	const sources = [...new Set(tools.map(({ source }) => source))];
	const inTurn = [...Map.groupBy(tools, ({ source }) => source).values()]
		.flatMap((own) => own.map((tool, round) => ({ tool, round })))
		.sort((a, b) => a.round - b.round)
		.map(({ tool }) => tool);
	const scored = (query: string) => {
		const scores = relevance(query);
		return inTurn.map((tool) => ({ tool, score: scores.get(tool.name) ?? 0 })).sort((a, b) => b.score - a.score);
	};
	return {
		sources,
		all: (query: string) => scored(query).map(({ tool }) => tool),
		fitting: (query: string) => scored(query).flatMap(({ tool, score }) => (score > 0 ? [tool] : [])),
	};
}

function searchTool(others: number): Tool {
	return {
		...findTools(others),
		effects: 'none',
		idempotent: true,
		openWorld: false,
		source: 'tools',
		fingerprint: 'findtools1',
		label: 'tool search',
	};
}

function queryOf(input: unknown): string | null {
	if (typeof input !== 'object' || input === null || !('query' in input)) return null;
	return typeof input.query === 'string' && input.query.trim() !== '' ? input.query : null;
}
