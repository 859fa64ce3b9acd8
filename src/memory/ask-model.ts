import type { Backend, BackendRequest } from '../core/backend.ts';
import { BotError } from '../core/errors.ts';
import type { AskModel } from '../core/memory.ts';

/** Longest time for one extraction, in milliseconds: nobody waits for it. */
const TIMEOUT_MS = 180_000;

/** One call of a backend without tools; its whole text. Throws with the failure's sentence. */
export function askOf(backend: Backend, run: string): AskModel {
	return async (system, text, signal) => {
		const request: BackendRequest = {
			...{ system, messages: [{ role: 'user', text }], tools: [], toolChoice: 'auto' },
			...{ run, agent: 'memory', kind: 'digest' },
		};
		let reply = '';
		for await (const event of backend.stream(request, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]))) {
			if (event.type === 'text_delta') reply += event.text;
			if (event.type === 'failed') {
				const userMessage = `Nothing could be learned of run ${run}: ${event.message}`;
				throw new BotError('store_failed', event.message, { userMessage });
			}
		}
		return reply;
	};
}
