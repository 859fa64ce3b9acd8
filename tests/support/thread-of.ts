import type { ThreadMessage } from '../../src/core/gateway.ts';
import { type RunEvent, runEventSchema } from '../../src/core/run-event.ts';
import { loadCatalogue } from '../../src/observers/catalogue.ts';
import { threadAfter } from '../../src/observers/thread.ts';
import { messagesOf } from '../../src/observers/thread-messages.ts';
import { createThreadView } from '../../src/observers/thread-view.ts';

/** The events that `--json` printed. Throws when a line is anything else. */
export function eventsIn(stdout: string): RunEvent[] {
	return stdout
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => runEventSchema.parse(JSON.parse(line)));
}

/**
 * The thread that events lead to, without what differs from run to run: ids, times, and the shuffled
 * anonymous names, which are replaced by the ids of their bearers.
 */
export async function threadOf(events: readonly RunEvent[]): Promise<ThreadMessage[]> {
	const say = await loadCatalogue('en');
	const messages = messagesOf(events.reduce(threadAfter, createThreadView()), say);
	const started = events.find((event) => event.type === 'run_started');
	const ids = new Map(started?.members.map(({ id, name }) => [name, id]));
	const text = JSON.stringify(messages, (key, value) =>
		['run', 'startedAt', 'askedAt', 'activeMs'].includes(key) ? 0 : value,
	);
	return JSON.parse(text.replace(/agent\d+/g, (name) => ids.get(name) ?? name)) as ThreadMessage[];
}
