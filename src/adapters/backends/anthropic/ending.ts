import type { ContentBlockParam } from '@anthropic-ai/sdk/resources/messages';
import type { Usage } from '../../../core/usage.ts';
import { AttemptError } from '../shared/attempt-error.ts';
import type { AttemptEvent } from '../shared/resilient-stream.ts';
import type { Replay } from './messages.ts';
import type { Reply } from './reply.ts';

/** How a message that has come to its end ends; `earlier` is what the call wrote before pauses. Throws when it is not a good one. */
export function* endingOf(
	reply: Reply,
	earlier: ContentBlockParam[],
	usage: Usage,
	model: string,
): Generator<AttemptEvent> {
	const stopped = reply.stopReason();
	if (stopped === null)
		throw new AttemptError('stream_broken', true, "Anthropic's reply ended in the middle. Try again.");
	if (stopped === 'refusal') throw refused(reply);
	const cut = stopped === 'max_tokens' || stopped === 'model_context_window_exceeded' || stopped === 'pause_turn';
	const broken = reply.brokenCalls();
	if (!cut) yield* broken;
	// A call that was cut off was never made: it must not wait for a result.
	const lost = new Set(cut ? broken.map(({ id }) => id) : []);
	const content = [...earlier, ...reply.content()].filter(
		(block) => !(block.type === 'tool_use' && lost.has(block.id)),
	);
	const called = content.some(({ type }) => type === 'tool_use');
	const replay: Replay = { model, content };
	yield {
		type: 'finished',
		reason: cut ? 'length' : called ? 'tool_calls' : 'stop',
		usage,
		...(content.every(({ type }) => type === 'text' || type === 'tool_use') ? {} : { opaque: replay }),
	};
}

function refused(reply: Reply): AttemptError {
	const why = reply.refusal()?.explanation ?? reply.refusal()?.category;
	const reason = why ? ` (${why.replace(/\.$/, '')})` : '';
	return new AttemptError(
		'content_refused',
		false,
		`Anthropic refused to answer${reason}. Put the question differently, or use another model.`,
	);
}
