import { useEffect, useReducer } from 'react';
import { noThread, type ThreadState, threadAfter } from '../state/thread-state.ts';
import { followThread } from './follow-thread.ts';

/** Follows a thread while the page shows it. */
export function useThread(id: string, onSignedOut: () => void): ThreadState {
	const [state, change] = useReducer(threadAfter, noThread);
	useEffect(() => followThread(id, { change, onSignedOut }), [id, onSignedOut]);
	return state;
}
