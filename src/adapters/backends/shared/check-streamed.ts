import type { BackendSettings } from '../../../core/backend-settings.ts';
import { AttemptError } from './attempt-error.ts';
import { failureMessage } from './failure-message.ts';

/** Throws when a response without a single event was no event stream at all: a web page, or another kind of API. */
export function checkStreamed(response: Pick<Response, 'headers'>, settings: BackendSettings): void {
	const type = response.headers.get('content-type') ?? 'no content type';
	if (type.startsWith('text/event-stream')) return;
	const message = `${type.split(';')[0]} instead of an event stream`;
	throw new AttemptError(
		'response_invalid',
		false,
		failureMessage('response_invalid', settings, { status: null, message }),
	);
}
