import { createGeminiBackend } from '../../../../../src/adapters/backends/gemini.ts';
import type { BackendSettings } from '../../../../../src/core/backend-settings.ts';
import { type Replies, startBench } from '../../../../contracts/backend-bench.ts';
import type { Reply } from '../../../../platforms/model-provider/reply.ts';

export const startGemini = (replies: Replies, changes: Partial<BackendSettings> = {}) =>
	startBench((_url, { settings, services }) => createGeminiBackend(settings, services), replies, {
		type: 'gemini',
		provider: 'gemini',
		model: 'gemini-3.5-flash',
		...changes,
	});

/** A stream of exactly these chunks. */
export function wire(...chunks: readonly Record<string, unknown>[]): Reply {
	const body = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');
	return { fault: { type: 'status', status: 200, headers: { 'content-type': 'text/event-stream' }, body } };
}

/** A chunk with one candidate. */
export const chunk = (candidate: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
	candidates: [{ index: 0, ...candidate }],
	...more,
});

export const parts = (...list: readonly Record<string, unknown>[]) => ({ content: { role: 'model', parts: list } });
