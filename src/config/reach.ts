import { messageOf } from '../core/errors.ts';

/** What came back from an address. `body` is null when it was not JSON. */
export type Reached = { type: 'answered'; status: number; body: unknown } | { type: 'unreachable'; reason: string };

/** GETs JSON within `timeoutMs` milliseconds, body included. Never throws. */
export async function reach(
	fetch: typeof globalThis.fetch,
	url: string,
	headers: Readonly<Record<string, string>>,
	timeoutMs: number,
): Promise<Reached> {
	try {
		const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
		const text = await response.text();
		return { type: 'answered', status: response.status, body: parseJson(text) };
	} catch (thrown) {
		if (thrown instanceof Error && thrown.name === 'TimeoutError') {
			return { type: 'unreachable', reason: `no answer within ${timeoutMs / 1000} s` };
		}
		const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
		return { type: 'unreachable', reason: messageOf(cause) };
	}
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
