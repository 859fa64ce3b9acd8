import type { LoadedConfig } from '../config/check-config.ts';
import type { MemorySettings } from '../config/memory-settings.ts';
import type { Backend } from '../core/backend.ts';
import type { BackendSettings } from '../core/backend-settings.ts';
import type { Clock } from '../core/clock.ts';
import type { MemoryBook, MemoryEngine } from '../core/memory.ts';
import type { Say } from '../core/say.ts';
import { decodeSessionId } from '../core/session-id.ts';
import type { Payer } from '../core/spending.ts';
import type { Store } from '../core/store.ts';
import { askOf } from '../memory/ask-model.ts';
import { createConsents } from '../memory/consents.ts';
import { createLearner, type Learner } from '../memory/learner.ts';
import { createMemoryBook } from '../memory/memory-book.ts';
import { finishedRun } from '../runs/finished-run.ts';

export interface MemoryParts {
	config: LoadedConfig;
	store: Store;
	clock: Clock;
	say: Say;
	teams: {
		metered(settings: BackendSettings, payer: Payer): Promise<Backend>;
		cheapestFor(session: string, user: string | null): Promise<Backend | null>;
	};
	/** Whether this process learns of runs and tends memories; otherwise others do, and it only remembers. */
	learns: boolean;
	/** Shows a finished run anew. */
	showAgain(run: string): Promise<void>;
	onProblem(error: unknown): void;
}

export interface OpenMemory {
	/** Null: nothing is remembered beyond a conversation. */
	book: MemoryBook | null;
	/** What is committed with the end of a run. */
	due: Learner['due'];
	/** A run has ended and its answer is shown: it may be learned of. Returns at once. */
	learn(): void;
	/** What is to be done again and again. */
	chores: readonly { everyMs: number; work(): Promise<void> }[];
	/** Learns for so long at most, in milliseconds, before it ends. */
	close(lingerMs: number): Promise<void>;
}

/** With the memory off nothing is loaded, and nothing is due. */
const nothing: OpenMemory = { book: null, due: () => [], learn() {}, chores: [], close: async () => {} };

/** What channels and people remember, as the configuration has it. */
export async function openMemory(parts: MemoryParts): Promise<OpenMemory> {
	const { memory: settings } = parts.config.settings;
	if (settings === null) return nothing;
	const { store, clock, say, teams, learns, onProblem } = parts;
	const engine = await openEngine(settings, parts);
	const consents = createConsents(store, settings);
	const { recallLimit, recallMs } = settings;
	const onScrubbed = (run: string) => void parts.showAgain(run).catch(onProblem);
	const common = { store, clock, engine, consents, onProblem };
	const book = createMemoryBook({ ...common, recallLimit, recallMs, say, onScrubbed });
	const learner = createLearner({
		...common,
		finished: (run) => finishedRun(store, run),
		async modelFor(run, { session, requester }) {
			const user = requester?.user ?? null;
			const backend = await (settings.backend === null
				? teams.cheapestFor(session, user)
				: teams.metered(settings.backend, { ...decodeSessionId(session), user }));
			return backend === null ? null : askOf(backend, run);
		},
	});
	const closing = new AbortController();
	// What an earlier process left, and memories of another embedder: in the background.
	const renew = async () => (learns ? void (await engine.renew(closing.signal)) : undefined);
	const renewal = engine.warmUp().then(renew).catch(onProblem);
	const learn = () => (learns ? void learner.work() : undefined);
	learn();
	return {
		book,
		due: learner.due,
		learn,
		chores: !learns
			? []
			: [
					{ everyMs: 60_000, work: learner.work },
					{ everyMs: 3_600_000, work: learner.expire },
					// What was kept while the embedder was away.
					{ everyMs: 3_600_000, work: renew },
				],
		async close(lingerMs) {
			closing.abort();
			await Promise.all([learner.close(learns ? lingerMs : 0), renewal]);
		},
	};
}

async function openEngine(
	{ openai, most }: MemorySettings,
	{ config, store, clock, onProblem }: MemoryParts,
): Promise<MemoryEngine> {
	const { createMem0Memory } = await import('../adapters/memory/mem0.ts');
	const { createLocalEmbedder, createOpenAIEmbedder } = await import('../adapters/memory/mem0/embedders.ts');
	const embedder = openai === null ? createLocalEmbedder() : createOpenAIEmbedder({ ...openai, fetch });
	return createMem0Memory({ store, clock, embedder, most, dataDir: config.settings.dataDir, onProblem });
}
