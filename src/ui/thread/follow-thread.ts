import { api } from '../api/client.ts';
import type { ThreadChange } from '../state/thread-state.ts';

export interface Follower {
	change(change: ThreadChange): void;
	/** The server wants to know again who is there. */
	onSignedOut(): void;
}

/** How long a refused stream is left alone, in milliseconds. */
const PAUSE_MS = 2_000;
const EVENTS = ['snapshot', 'message', 'append', 'forms'] as const;

/**
 * Follows a thread until the returned function is called. A broken connection is opened again by the browser, which
 * says what it had last. A refused one is not, so the server is asked why and then tried again. A tab that nobody
 * looks at holds no connection, because a browser has only six for all tabs of a server.
 */
export function followThread(id: string, { change, onSignedOut }: Follower): () => void {
	let source: EventSource | null = null;
	let pause: number | undefined;
	let isOver = false;

	function close(): void {
		source?.close();
		source = null;
		clearTimeout(pause);
	}

	function open(): void {
		close();
		const opened = new EventSource(api.events(id));
		source = opened;
		for (const type of EVENTS) {
			opened.addEventListener(type, ({ data }: MessageEvent<string>) =>
				change({ type, ...JSON.parse(data) } as ThreadChange),
			);
		}
		opened.addEventListener('open', () => change({ type: 'connected' }));
		opened.addEventListener('error', () => {
			change({ type: 'disconnected' });
			if (opened.readyState === EventSource.CLOSED) void refused();
		});
	}

	async function refused(): Promise<void> {
		close();
		const code = await api.eventsRefusal(id);
		if (isOver || source !== null) return;
		if (code === 'thread_unknown') change({ type: 'missing' });
		else if (code === 'sign_in') onSignedOut();
		else pause = window.setTimeout(look, PAUSE_MS);
	}

	function look(): void {
		if (document.visibilityState === 'hidden') close();
		else if (source === null) open();
	}

	document.addEventListener('visibilitychange', look);
	look();
	return () => {
		isOver = true;
		document.removeEventListener('visibilitychange', look);
		close();
	};
}
