import type { Broadcast } from '../../src/core/broadcast.ts';

/** Words between parts of one process, as text. */
export function sayings(): Broadcast {
	const heard = new Map<string, Set<(value: unknown) => void>>();
	return {
		say: (topic, value) => {
			for (const tell of heard.get(topic) ?? []) tell(JSON.parse(JSON.stringify(value)));
		},
		hear(topic, tell) {
			heard.set(topic, (heard.get(topic) ?? new Set()).add(tell));
			return () => void heard.get(topic)?.delete(tell);
		},
		close: async () => {},
	};
}
