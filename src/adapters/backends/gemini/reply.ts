import type { Candidate, GenerateContentResponse, Part } from '@google/genai';
import type { Usage } from '../../../core/usage.ts';
import type { AttemptEvent } from '../shared/resilient-stream.ts';
import { generatedCallId } from './contents.ts';
import { createUsageMeter } from './usage.ts';

/** One reply, read chunk by chunk; it may take several requests. */
export interface Reply {
	read(chunk: GenerateContentResponse): Generator<AttemptEvent>;
	/** Begins to count the usage of a further request. */
	goOn(): void;
	/** Something that looks like a reply has come: what answers speaks this protocol. */
	hasBegun(): boolean;
	/** `STOP`, `SAFETY`, ...; null: the reply has not ended. */
	finishReason(): string | null;
	/** Why the prompt itself was refused. */
	blockReason(): string | null;
	continuationToken(): string | null;
	hasCalls(): boolean;
	/** The parts to give back, or null when text and calls say it all. */
	replay(): Part[] | null;
	usage(): Usage;
}

export function createReply(messagesBefore: number): Reply {
	const meter = createUsageMeter();
	const parts: Part[] = [];
	let begun = false;
	let calls = 0;
	let searched = false;
	let finishReason: string | null = null;
	let blockReason: string | null = null;
	let token: string | null = null;

	function* readPart(part: Part): Generator<AttemptEvent> {
		keep(parts, part);
		if (part.text) yield { type: part.thought ? 'reasoning_delta' : 'text_delta', text: part.text };
		if (part.functionCall) {
			const { id = generatedCallId(messagesBefore, calls), name = '', args = {} } = part.functionCall;
			calls++;
			yield { type: 'tool_call_started', id, name };
			yield { type: 'tool_called', id, name, arguments: JSON.stringify(args) };
		}
		if (part.toolCall) searched = true;
		yield* providerEvents(part);
	}

	/** Without functions beside it a search shows only in what it found. */
	function* readGrounding({ groundingMetadata }: Candidate): Generator<AttemptEvent> {
		if (searched || !groundingMetadata?.webSearchQueries?.length) return;
		searched = true;
		yield { type: 'provider_tool_started', name: 'web_search' };
		yield { type: 'provider_tool_finished', name: 'web_search' };
	}

	return {
		*read({ candidates, promptFeedback, usageMetadata }) {
			const candidate = candidates?.[0];
			begun ||= candidate !== undefined || promptFeedback !== undefined || usageMetadata !== undefined;
			meter.report(usageMetadata);
			blockReason = promptFeedback?.blockReason ?? blockReason;
			if (candidate === undefined) return;
			yield* readGrounding(candidate);
			for (const part of candidate.content?.parts ?? []) yield* readPart(part);
			finishReason = candidate.finishReason ?? finishReason;
			token = candidate.continuationToken ?? token;
		},
		goOn() {
			meter.goOn();
			finishReason = null;
			token = null;
		},
		hasBegun: () => begun,
		finishReason: () => finishReason,
		blockReason: () => blockReason,
		continuationToken: () => token,
		hasCalls: () => calls > 0,
		replay: () => (parts.every(isPlain) ? null : parts),
		usage: () => meter.total(),
	};
}

/** Text or a call, with nothing beside it that only Gemini understands. */
function isPlain(part: Part): boolean {
	return Object.keys(part).every((key) => key === 'text' || key === 'functionCall');
}

/** Pieces of plain text are joined; a summary of thoughts is not input, unless it carries a signature. */
function keep(parts: Part[], part: Part): void {
	if (part.thought && part.thoughtSignature === undefined) return;
	const last = parts.at(-1);
	const joins = part.text !== undefined && isPlain(part) && last?.text !== undefined && isPlain(last);
	if (joins) last.text = `${last.text}${part.text}`;
	else if (part.text !== '' || !isPlain(part)) parts.push({ ...part });
}

function* providerEvents(part: Part): Generator<AttemptEvent> {
	if (part.executableCode) yield { type: 'provider_tool_started', name: 'code_execution' };
	if (part.codeExecutionResult) yield { type: 'provider_tool_finished', name: 'code_execution' };
	if (part.toolCall) yield { type: 'provider_tool_started', name: providerTool(part.toolCall.toolType) };
	if (part.toolResponse) yield { type: 'provider_tool_finished', name: providerTool(part.toolResponse.toolType) };
}

function providerTool(type: string | undefined): string {
	return type?.startsWith('GOOGLE_SEARCH') ? 'web_search' : (type ?? 'tool').toLowerCase();
}
