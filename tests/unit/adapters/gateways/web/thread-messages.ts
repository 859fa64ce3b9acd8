import type { Place, ThreadMessage } from '../../../../../src/core/gateway.ts';
import { encodeSessionId } from '../../../../../src/core/session-id.ts';

type Final = Extract<ThreadMessage, { type: 'final' }>;

export const sessionNamed = (thread: string) =>
	encodeSessionId({ platform: 'web', tenant: 'local', channel: 'page', thread });

export const placeIn = (thread: string, run: string | null = 'r1'): Place => ({ session: sessionNamed(thread), run });

export const question = (text = 'Why?'): ThreadMessage => ({
	type: 'question',
	key: 'question',
	text,
	askedAt: 1,
	retryOf: null,
});

export const slot = (agent: string, content: string, version = 1): ThreadMessage => ({
	type: 'slot',
	key: `slot:${agent}`,
	agent,
	name: `agent ${agent}`,
	version,
	versions: version,
	content,
});

export const final = (content: string, more: Partial<Final> = {}): Final => ({
	type: 'final',
	key: 'final',
	winner: 'a',
	content,
	streaming: true,
	outcome: null,
	answers: 2,
	agents: 2,
	shortfalls: [],
	spend: null,
	activeMs: null,
	files: null,
	...more,
});

/** The same answer, written to its end. */
export const finished = (content: string): Final =>
	final(content, { streaming: false, outcome: 'answered', activeMs: 10 });

export const queue = (...questions: string[]): ThreadMessage => ({
	type: 'queue',
	key: 'queue',
	waiting: questions.map((text, i) => ({ id: `q${i}`, position: i + 1, question: text })),
});
