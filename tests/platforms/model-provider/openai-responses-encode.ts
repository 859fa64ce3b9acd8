import { frame } from './openai-wire.ts';
import { argumentsText, type Frame, type ProviderCall, pieces, type Reply } from './reply.ts';

type Data = Record<string, unknown>;

/** Collects the events of one response, numbered, and its output items. */
function createScript() {
	const frames: Frame[] = [];
	const items: Data[] = [];
	return {
		frames,
		items,
		event(type: string, data: Data, output = false) {
			frames.push({ data: frame({ type, sequence_number: frames.length, ...data }, type), output });
		},
		/** Announces an item, plays its events, and closes it. */
		item(open: Data, done: Data, output: boolean, play: (at: Data) => void) {
			const at = { output_index: items.length, item_id: open.id };
			this.event('response.output_item.added', { output_index: items.length, item: open }, output);
			play(at);
			this.event('response.output_item.done', { output_index: items.length, item: done });
			items.push(done);
		},
	};
}
type Script = ReturnType<typeof createScript>;

function thinks(script: Script, reply: Reply, id: string): void {
	if (!reply.reasoning) return;
	const item = { id: `rs_${id}`, type: 'reasoning', summary: [], encrypted_content: '' };
	const summary = [{ type: 'summary_text', text: reply.reasoning }];
	script.item(item, { ...item, summary, encrypted_content: `seal-${id}` }, false, (at) => {
		const part = { ...at, summary_index: 0 };
		script.event('response.reasoning_summary_part.added', { ...part, part: { type: 'summary_text', text: '' } });
		for (const delta of pieces(reply.reasoning ?? '', reply.chunkChars)) {
			script.event('response.reasoning_summary_text.delta', { ...part, delta }, true);
		}
		script.event('response.reasoning_summary_text.done', { ...part, text: reply.reasoning });
		script.event('response.reasoning_summary_part.done', { ...part, part: summary[0] });
	});
}

function usesProviderTools(script: Script, reply: Reply, id: string): void {
	for (const [index, name] of (reply.providerTools ?? []).entries()) {
		const isSearch = name === 'web_search';
		const type = isSearch ? 'web_search_call' : 'code_interpreter_call';
		const detail = isSearch
			? { action: { type: 'search', query: 'weather', queries: ['weather'] } }
			: { code: '1 + 1', container_id: 'cntr_1', outputs: null };
		const item = { id: `${isSearch ? 'ws' : 'ci'}_${id}_${index}`, type, status: 'in_progress', ...detail };
		script.item(item, { ...item, status: 'completed' }, true, (at) => {
			script.event(`response.${type}.in_progress`, at);
			script.event(`response.${type}.${isSearch ? 'searching' : 'interpreting'}`, at);
			script.event(`response.${type}.completed`, at);
		});
	}
}

function speaks(script: Script, reply: Reply, id: string): void {
	const refused = reply.stop === 'refused';
	if (!reply.text && !refused) return;
	const text = reply.text ?? 'I cannot help with that.';
	const kind = refused ? 'refusal' : 'output_text';
	const field = refused ? 'refusal' : 'text';
	const part = refused ? { type: kind, refusal: text } : { type: kind, text, annotations: [] };
	const item = { id: `msg_${id}`, type: 'message', role: 'assistant', status: 'in_progress', content: [] };
	script.item(item, { ...item, status: 'completed', content: [part] }, false, (at) => {
		const place = { ...at, content_index: 0 };
		script.event('response.content_part.added', { ...place, part: { ...part, [field]: '' } });
		for (const delta of pieces(text, reply.chunkChars)) {
			script.event(`response.${kind}.delta`, { ...place, delta }, true);
		}
		script.event(`response.${kind}.done`, { ...place, [field]: text });
		script.event('response.content_part.done', { ...place, part });
	});
}

function callsTools(script: Script, reply: Reply, id: string): void {
	for (const [index, call] of (reply.toolCalls ?? []).entries()) {
		const text = argumentsText(call.arguments);
		const item = {
			id: `fc_${id}_${index}`,
			type: 'function_call',
			call_id: `call_${id}_${index}`,
			name: call.name,
			arguments: '',
			status: 'in_progress',
		};
		script.item(item, { ...item, arguments: text, status: 'completed' }, true, (at) => {
			for (const delta of pieces(text, reply.chunkChars)) {
				script.event('response.function_call_arguments.delta', { ...at, delta }, true);
			}
			script.event('response.function_call_arguments.done', { ...at, name: call.name, arguments: text });
		});
	}
}

function usageOf({ usage }: Reply): Data | null {
	if (usage === undefined) return null;
	return {
		input_tokens: usage.input,
		input_tokens_details: { cached_tokens: usage.cached ?? 0 },
		output_tokens: usage.output,
		output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
		total_tokens: usage.input + usage.output,
	};
}

/** The events of a whole response, in the order the API sends them. */
export function encodeResponse(reply: Reply, call: ProviderCall): readonly Frame[] {
	const script = createScript();
	const id = String(call.index);
	const response = { id: `resp_${id}`, object: 'response', created_at: 1_767_225_600, model: call.model, error: null };
	const started = { ...response, status: 'in_progress', output: [], usage: null, incomplete_details: null };
	script.event('response.created', { response: started });
	script.event('response.in_progress', { response: started });
	thinks(script, reply, id);
	usesProviderTools(script, reply, id);
	speaks(script, reply, id);
	callsTools(script, reply, id);
	const cut = reply.stop === 'length';
	const status = cut ? 'incomplete' : 'completed';
	script.event(`response.${status}`, {
		response: {
			...response,
			status,
			output: script.items,
			usage: usageOf(reply),
			incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
		},
	});
	return script.frames;
}
