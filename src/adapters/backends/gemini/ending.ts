import { AttemptError } from '../shared/attempt-error.ts';
import type { AttemptEvent } from '../shared/resilient-stream.ts';
import type { Replay } from './contents.ts';
import type { Reply } from './reply.ts';

/** Reasons for which no other try of the same request would end differently. */
const refusals = new Set([
	'SAFETY',
	'RECITATION',
	'LANGUAGE',
	'BLOCKLIST',
	'PROHIBITED_CONTENT',
	'SPII',
	'IMAGE_SAFETY',
	'IMAGE_PROHIBITED_CONTENT',
	'IMAGE_RECITATION',
]);

/** Reasons for which the reply is useless; the next try may be better. */
const failures = new Set([
	'MALFORMED_FUNCTION_CALL',
	'UNEXPECTED_TOOL_CALL',
	'TOO_MANY_TOOL_CALLS',
	'MALFORMED_RESPONSE',
	'OTHER',
	'NO_IMAGE',
	'IMAGE_OTHER',
]);

/** How a reply that has come to its end ends. Throws when it is not a good one. */
export function endingOf(reply: Reply, model: string): AttemptEvent {
	const finish = reply.finishReason();
	const refusal = reply.blockReason() ?? (finish !== null && refusals.has(finish) ? finish : null);
	if (refusal !== null) throw refused(refusal);
	if (finish === null) throw brokenStream();
	if (failures.has(finish)) {
		throw new AttemptError('response_invalid', true, `Gemini ended its reply with ${finish}. Try again.`);
	}
	const cut = finish === 'MAX_TOKENS' || finish === 'CONTINUATION';
	const parts = reply.replay();
	const replay: Replay | null = parts === null ? null : { model, parts };
	return {
		type: 'finished',
		reason: cut ? 'length' : reply.hasCalls() ? 'tool_calls' : 'stop',
		usage: reply.usage(),
		...(replay === null ? {} : { opaque: replay }),
	};
}

function refused(reason: string): AttemptError {
	return new AttemptError(
		'content_refused',
		false,
		`Gemini refused to answer, for the reason ${reason}. Put the question differently, or use another model.`,
	);
}

export function brokenStream(): AttemptError {
	return new AttemptError('stream_broken', true, "Gemini's reply ended in the middle. Try again.");
}
