import type { Clock } from '../core/clock.ts';
import { createRunPlaces, type RunLimit, type RunPlaces } from '../runs/run-places.ts';
import type { Runs } from '../runs/runs.ts';
import { createLineNews } from './line-news.ts';
import type { SessionRecord } from './session-record.ts';
import type { Sessions } from './sessions.ts';

export interface RunLineOptions {
	clock: Clock;
	limit: RunLimit;
	runs: Pick<Runs, 'isOpen' | 'working'>;
	/** Those that wait; asked for when there are any. */
	sessions(): Pick<Sessions, 'get' | 'proceed'>;
	/** Shows a session what waits in it. */
	show(record: SessionRecord): void;
	/** A turn could not be used; it comes again. */
	onProblem(error: unknown): void;
}

/** Places for the runs of this process, and the sessions that wait for one, who are told how the line moves. */
export function createRunLine({ clock, limit, runs, sessions, show, onProblem }: RunLineOptions): RunPlaces {
	const places: RunPlaces = createRunPlaces({
		...limit,
		clock,
		isOpen: runs.isOpen,
		working: runs.working,
		async onTurn(session) {
			await sessions()
				.proceed(session)
				.catch((error: unknown) => {
					onProblem(error);
					throw error;
				});
		},
		onMoved: () => tellMoved(),
	});
	const tellMoved = createLineNews({
		clock,
		order: places.order,
		async show(session) {
			const record = await sessions()
				.get(session)
				.catch(() => null);
			if (record !== null) show(record);
		},
	});
	return places;
}
