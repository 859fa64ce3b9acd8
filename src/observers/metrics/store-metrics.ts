import { isStoreConflict } from '../../core/errors.ts';
import type { Store } from '../../core/store.ts';
import type { Registry } from './registry.ts';

/** Seconds of commits: a commit to a disk takes some milliseconds. */
const COMMIT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 60];

/** The store, with its commits counted and timed. */
export function countedStore(store: Store, registry: Registry): Store {
	const commits = registry.counter('massgen_store_commits_total', 'Commits to the store, by how they ended.');
	const durations = registry.histogram(
		'massgen_store_commit_duration_seconds',
		'Commits to the store, from the call until they are durable.',
		COMMIT_SECONDS,
	);
	return {
		durable: store.durable,
		get: store.get,
		list: store.list,
		read: store.read,
		watch: store.watch,
		close: store.close,
		async commit(changes) {
			const began = performance.now();
			try {
				const made = await store.commit(changes);
				commits.add({ result: 'done' });
				return made;
			} catch (thrown) {
				commits.add({ result: isStoreConflict(thrown) ? 'conflict' : 'failed' });
				throw thrown;
			} finally {
				durations.record({}, (performance.now() - began) / 1_000);
			}
		},
	};
}
