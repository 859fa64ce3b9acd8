import type {
	ContentBlock,
	ContentBlockParam,
	RawContentBlockDelta,
	RawMessageStreamEvent,
	RefusalStopDetails,
	StopReason,
} from '@anthropic-ai/sdk/resources/messages';
import type { Usage } from '../../../core/usage.ts';
import type { AttemptEvent } from '../shared/resilient-stream.ts';
import { parsedInput, toolInput } from './messages.ts';
import { createUsageMeter } from './usage.ts';

/** A content block while it is being written. */
interface OpenBlock {
	block: ContentBlock;
	/** Partial JSON of a tool's input. */
	json: string;
}

type Called = Extract<AttemptEvent, { type: 'tool_called' }>;

/** One message of the model, read event by event. */
export interface Reply {
	/** What one event of the stream says. */
	read(event: RawMessageStreamEvent): Generator<AttemptEvent>;
	/** The calls whose arguments are no JSON object, once it is known that they were not merely cut off. */
	brokenCalls(): readonly Called[];
	/** Everything that was written, word for word, as it is given back. */
	content(): ContentBlockParam[];
	usage(): Usage;
	/** Null: the message has not ended. */
	stopReason(): StopReason | null;
	refusal(): RefusalStopDetails | null;
	/** The container that server tools ran in. */
	container(): string | null;
}

export function createReply(): Reply {
	const meter = createUsageMeter();
	const blocks = new Map<number, OpenBlock>();
	const broken: Called[] = [];
	let stopReason: StopReason | null = null;
	let refusal: RefusalStopDetails | null = null;
	let container: string | null = null;

	function blockAt(index: number): OpenBlock {
		const open = blocks.get(index);
		if (open === undefined) throw new SyntaxError(`content block ${index} was never started`);
		return open;
	}

	return {
		*read(event) {
			switch (event.type) {
				case 'message_start':
					return meter.report(event.message.usage);
				case 'content_block_start': {
					const open = { block: { ...event.content_block }, json: '' };
					blocks.set(event.index, open);
					return yield* started(open.block);
				}
				case 'content_block_delta':
					return yield* append(blockAt(event.index), event.delta);
				case 'content_block_stop': {
					const called = closed(blockAt(event.index));
					if (called === null) return;
					if (parsedInput(called.arguments) === null) broken.push(called);
					else yield called;
					return;
				}
				case 'message_delta':
					meter.report(event.usage);
					stopReason = event.delta.stop_reason ?? stopReason;
					refusal = event.delta.stop_details ?? refusal;
					container = event.delta.container?.id ?? container;
			}
		},
		brokenCalls: () => broken,
		content: () =>
			[...blocks.values()].flatMap(({ block }) => (block.type === 'text' && block.text === '' ? [] : [block])),
		usage: () => meter.total(),
		stopReason: () => stopReason,
		refusal: () => refusal,
		container: () => container,
	};
}

function* started(block: ContentBlock): Generator<AttemptEvent> {
	if (block.type === 'tool_use') yield { type: 'tool_call_started', id: block.id, name: block.name };
	else if (block.type === 'server_tool_use') yield { type: 'provider_tool_started', name: providerTool(block.name) };
	else if (block.type.endsWith('_tool_result')) {
		yield { type: 'provider_tool_finished', name: providerTool(block.type) };
	} else if (block.type === 'text' && block.text !== '') yield { type: 'text_delta', text: block.text };
}

/** Completes a tool's input; the call, if it is one of ours. Some servers send the input with the start of the block. */
function closed({ block, json }: OpenBlock): Called | null {
	if (block.type !== 'tool_use' && block.type !== 'server_tool_use') return null;
	const text = json === '' ? JSON.stringify(block.input ?? {}) : json;
	block.input = toolInput(text);
	return block.type === 'tool_use' ? { type: 'tool_called', id: block.id, name: block.name, arguments: text } : null;
}

function* append(open: OpenBlock, delta: RawContentBlockDelta): Generator<AttemptEvent> {
	const { block } = open;
	if (delta.type === 'input_json_delta') open.json += delta.partial_json;
	else if (delta.type === 'text_delta' && block.type === 'text') {
		block.text += delta.text;
		yield { type: 'text_delta', text: delta.text };
	} else if (delta.type === 'thinking_delta' && block.type === 'thinking') {
		block.thinking += delta.thinking;
		if (delta.thinking !== '') yield { type: 'reasoning_delta', text: delta.thinking };
	} else if (delta.type === 'signature_delta' && block.type === 'thinking') block.signature = delta.signature;
	else if (delta.type === 'citations_delta' && block.type === 'text') {
		block.citations = [...(block.citations ?? []), delta.citation];
	}
}

/** Code runs under several names (`bash_code_execution`, `text_editor_code_execution`); a result's type ends differently. */
function providerTool(name: string): string {
	return name.includes('code_execution') ? 'code_execution' : name.replace(/_tool_result$/, '');
}
