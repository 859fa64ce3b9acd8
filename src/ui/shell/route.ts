import { useSyncExternalStore } from 'react';

const changes = new EventTarget();

function subscribe(onChange: () => void): () => void {
	window.addEventListener('popstate', onChange);
	changes.addEventListener('go', onChange);
	return () => {
		window.removeEventListener('popstate', onChange);
		changes.removeEventListener('go', onChange);
	};
}

/** Shows another address of the page and begins at its top. */
export function go(path: string): void {
	window.history.pushState(null, '', path);
	changes.dispatchEvent(new Event('go'));
	window.scrollTo(0, 0);
}

/** The id of the thread in the address; null: the first page. */
export function useThreadId(): string | null {
	const path = useSyncExternalStore(subscribe, () => window.location.pathname);
	const [, id = null] = /^\/t\/([^/]+)$/.exec(path) ?? [];
	return id === null ? null : decodeURIComponent(id);
}
