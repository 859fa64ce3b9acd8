import type { Clock } from '../../../core/clock.ts';
import type { ProgramHost } from '../../../core/program-host.ts';
import type { Say } from '../../../core/say.ts';
import type { ClientBook } from './clients.ts';
import type { Questions } from './questions.ts';

/** What every way of asking over HTTP works with. */
export interface ServedParts {
	clients: ClientBook;
	questions: Questions;
	host(): ProgramHost;
	/** The address that opens a session on the page. */
	linkTo(session: string): string;
	clock: Clock;
	say: Say;
	version: string;
	/** Something that is not the client's fault. */
	onProblem(error: unknown): void;
}
