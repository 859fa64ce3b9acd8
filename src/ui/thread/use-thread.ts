import { useEffect, useReducer } from 'react';
import { api } from '../api/client.ts';
import { noThread, type ThreadChange, type ThreadState, threadAfter } from '../state/thread-state.ts';

/** Follows a thread while the page shows it. The browser reconnects by itself and says what it had last. */
export function useThread(id: string): ThreadState {
	const [state, change] = useReducer(threadAfter, noThread);
	useEffect(() => {
		const source = new EventSource(api.events(id));
		const take = (type: 'snapshot' | 'message' | 'append') =>
			source.addEventListener(type, ({ data }: MessageEvent<string>) =>
				change({ type, ...JSON.parse(data) } as ThreadChange),
			);
		take('snapshot');
		take('message');
		take('append');
		source.addEventListener('open', () => change({ type: 'connected' }));
		source.addEventListener('error', () => {
			// A stream that the server refuses is closed for good; a broken one is opened again by the browser.
			change({ type: source.readyState === EventSource.CLOSED ? 'missing' : 'disconnected' });
		});
		return () => source.close();
	}, [id]);
	return state;
}
