import type { Script } from '../provider-script.ts';

/** A script as Chat Completions streams it, event by event; the last but one tells the tokens. */
export function framesOf({ tool, pieces }: Script, tokens: { input: number; output: number }): string[] {
	const id = `chatcmpl-${tokens.input}`;
	const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
	const chunk = (delta: object, finish: string | null = null) =>
		event({
			...{ id, object: 'chat.completion.chunk', created: 1_764_000_000, model: 'soak-1' },
			choices: [{ index: 0, delta, finish_reason: finish }],
		});
	const spoken = pieces.map((piece, index) => {
		if (tool === null) return chunk({ content: piece });
		const begun = index === 0 ? { id: `call_${tokens.input}`, type: 'function' } : {};
		const named = index === 0 ? { name: tool, arguments: piece } : { arguments: piece };
		return chunk({ tool_calls: [{ index: 0, ...begun, function: named }] });
	});
	const usage = {
		prompt_tokens: tokens.input,
		completion_tokens: tokens.output,
		total_tokens: tokens.input + tokens.output,
	};
	return [
		chunk({ role: 'assistant', content: tool === null ? '' : null }),
		...spoken,
		chunk({}, tool === null ? 'stop' : 'tool_calls'),
		event({ id, object: 'chat.completion.chunk', created: 1_764_000_000, model: 'soak-1', choices: [], usage }),
		'data: [DONE]\n\n',
	];
}
