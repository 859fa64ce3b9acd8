import type { Clock } from '../core/clock.ts';
import { BotError } from '../core/errors.ts';
import { visibleText } from '../core/foreign-text.ts';
import {
	type KeptMemory,
	MAX_MEMORY,
	type MemoryAddress,
	type MemoryBook,
	type MemoryEngine,
	type MemoryOccasion,
	type MemorySource,
	type MemorySpace,
	placeOf,
	type Recalled,
} from '../core/memory.ts';
import type { Say } from '../core/say.ts';
import { decodeSessionId } from '../core/session-id.ts';
import type { Store } from '../core/store.ts';
import type { Consents, MemorySetting } from './consents.ts';
import { dueForgotten } from './learner.ts';
import { scrubRecalled } from './recalled.ts';
import { channelSpace, isIn, isReadByOne, threadSpace, userSpace } from './spaces.ts';

const DAY_MS = 86_400_000;
/** Memories that a search of people shows. */
const MOST_FOUND = 10;

export interface MemoryBookOptions {
	store: Store;
	clock: Clock;
	engine: MemoryEngine;
	consents: Consents;
	/** Most memories that one run is given. */
	recallLimit: number;
	/** Longest wait of a question for its memories, in milliseconds. */
	recallMs: number;
	say: Say;
	/** A finished run was given what is forgotten now: it is to be shown anew. */
	onScrubbed(run: string): void;
	onProblem(error: unknown): void;
}

/** The memories of channels, threads and people: who may be given what. */
export function createMemoryBook(options: MemoryBookOptions): MemoryBook {
	const { store, clock, engine, consents, say } = options;

	/** The space that is meant. What is somebody's own is read out only where nobody else reads, or to them privately. */
	const spaceOf = ({ session, person, mine }: MemoryAddress) => (mine ? userSpace(person) : channelSpace(session));

	/** What is read there: a thread's own memories with those of its channel. */
	const spacesOf = (address: MemoryAddress) =>
		address.mine ? [spaceOf(address)] : [spaceOf(address), threadSpace(address.session)];

	const fresh = async (space: MemorySpace, memories: readonly KeptMemory[]): Promise<readonly KeptMemory[]> => {
		const days = await consents.retentionDays(space);
		return days === null ? memories : memories.filter(({ at }) => at > clock.now() - days * DAY_MS);
	};

	const list = async (address: MemoryAddress) => {
		const lists = spacesOf(address).map(async (space) => fresh(space, await engine.list(space)));
		return (await Promise.all(lists)).flat().sort((a, b) => b.at - a.at);
	};

	const threadsIn = async (channel: MemorySpace): Promise<MemorySpace[]> => {
		const threads: MemorySpace[] = [];
		for await (const space of engine.spaces()) if (isIn(space, channel)) threads.push(space);
		return threads;
	};

	const find: MemoryBook['find'] = async (address, id) => {
		const begun = (await list(address)).filter((memory) => memory.id.startsWith(id));
		return begun.length === 1 ? (begun[0] ?? null) : null;
	};

	const checked = (text: string): string => {
		const clean = visibleText(text).replace(/\s+/g, ' ').trim();
		if (clean !== '' && clean.length <= MAX_MEMORY) return clean;
		const userMessage = clean === '' ? say('memory.empty') : say('memory.too_long', { most: MAX_MEMORY });
		throw new BotError('input_invalid', 'the text of a memory', { userMessage });
	};

	const scrub = async (isGone: (memory: Recalled) => boolean): Promise<void> => {
		for (const run of await scrubRecalled(store, isGone)) options.onScrubbed(run);
	};

	/** Takes memories out of a space, and out of what runs were given; how many. */
	const takeOut = async (space: MemorySpace, gone: readonly KeptMemory[]): Promise<number> => {
		if (gone.length === 0) return 0;
		const ids = new Set(gone.map(({ id }) => id));
		const runs = new Set(gone.flatMap(({ source }) => source.run ?? []));
		// A process may have died after it had learned of them: it must not do so again.
		if (runs.size > 0) await store.commit([...runs].map(dueForgotten));
		// Before, so that a crash leaves nothing that nobody can name any more; and after, for what came meanwhile.
		await scrub(({ id }) => ids.has(id));
		const count = await engine.remove(space, [...ids], 'forgotten');
		await scrub(({ id }) => ids.has(id));
		return count;
	};

	/** What people keep for themselves of what was learned in a channel: it is forgotten with the channel's. */
	const forgetCopies = async ({ session }: MemoryAddress, isGone: (text: string) => boolean): Promise<void> => {
		const place = placeOf(session);
		for await (const space of engine.spaces()) {
			if (space.owner !== 'user') continue;
			const copies = (await engine.list(space)).filter(
				({ text, source }) => source.run !== null && placeOf(source.session) === place && isGone(text),
			);
			await takeOut(space, copies);
		}
	};

	/** Whether a run was given a memory of these, by where it is from: also one that went long ago. */
	const isMeant = ({ session, person, mine }: MemoryAddress) => {
		const place = placeOf(session);
		const own = userSpace(person).id;
		return ({ owner, by, run, ...memory }: Recalled) => {
			if (!mine) return placeOf(memory.session) === place && (owner !== 'user' || run !== null);
			const { platform, tenant } = decodeSessionId(memory.session);
			return owner === 'user' && by !== null && userSpace({ platform, tenant, user: by }).id === own;
		};
	};

	/** A run that is about to be learned of must not bring back what is forgotten now. */
	const afterForgetting = async (space: MemorySpace, by: string): Promise<MemorySetting> => {
		const { on, retentionDays } = (await consents.get(space)) ?? {
			on: await consents.isOn(space),
			retentionDays: null,
		};
		return { on, retentionDays, by, at: clock.now(), forgottenAt: clock.now() };
	};

	const recallFrom = async (space: MemorySpace, occasion: MemoryOccasion, places?: readonly string[]) => {
		if (!(await consents.isOn(space))) return [];
		const { question, known } = occasion;
		const limit = options.recallLimit;
		// What the winner had found in a run is not part of the conversation.
		const besides = space.owner === 'thread' ? [] : known;
		const query = { question, limit, besides, ...(places === undefined ? {} : { places }) };
		const found = await fresh(space, await engine.search(space, query));
		return found.map(({ id, text, source, at }): Recalled => ({ ...source, id, owner: space.owner, text, at }));
	};

	const recallAll = async (occasion: MemoryOccasion): Promise<Recalled[]> => {
		const { session, requester } = occasion;
		// What a person said elsewhere comes up only where they alone read it.
		const places = isReadByOne(session) ? undefined : [placeOf(session)];
		const spaces = [threadSpace(session), channelSpace(session)];
		const found = [
			...(requester === null ? [] : [await recallFrom(userSpace(requester), occasion, places)]),
			...(await Promise.all(spaces.map((space) => recallFrom(space, occasion)))),
		];
		const texts = new Set<string>();
		const distinct = inTurns(found).filter(({ text }) => !texts.has(text) && texts.add(text));
		return distinct.slice(0, options.recallLimit);
	};

	const noteUse = async (occasion: MemoryOccasion, memories: readonly Recalled[]): Promise<void> => {
		const { session, requester } = occasion;
		const spaces = [channelSpace(session), threadSpace(session), ...(requester === null ? [] : [userSpace(requester)])];
		for (const space of spaces) {
			const ids = memories.filter(({ owner }) => owner === space.owner).map(({ id }) => id);
			if (ids.length > 0) await engine.used(space, ids);
		}
	};

	const forgetSome = async (address: MemoryAddress, ids: ReadonlySet<string>): Promise<number> => {
		let count = 0;
		for (const space of spacesOf(address)) {
			const gone = (await engine.list(space)).filter(({ id }) => ids.has(id));
			const texts = new Set(gone.map(({ text }) => text));
			if (!address.mine && texts.size > 0) await forgetCopies(address, (text) => texts.has(text));
			count += await takeOut(space, gone);
		}
		return count;
	};

	const forgetAll = async (address: MemoryAddress): Promise<number> => {
		const space = spaceOf(address);
		await consents.set(space, await afterForgetting(space, address.person.user));
		if (!address.mine) await forgetCopies(address, () => true);
		let count = 0;
		for (const one of address.mine ? [space] : [space, ...(await threadsIn(space))]) {
			count += await takeOut(one, await engine.list(one));
		}
		// Runs were also given what had to go since for other reasons.
		await scrub(isMeant(address));
		return count;
	};

	return {
		async about(address) {
			const space = spaceOf(address);
			const [on, retentionDays] = await Promise.all([consents.isOn(space), consents.retentionDays(space)]);
			const all = await Promise.all(spacesOf(address).map((one) => engine.counts(one)));
			const sum = (of: 'count' | 'evicted' | 'expired' | 'calls') => all.reduce((total, one) => total + one[of], 0);
			const counts = { count: sum('count'), evicted: sum('evicted'), expired: sum('expired'), calls: sum('calls') };
			return { ...counts, most: all[0]?.most ?? 0, on, retentionDays };
		},
		list,
		async search(address, question) {
			const found = spacesOf(address).map(async (space) =>
				fresh(space, await engine.search(space, { question, limit: MOST_FOUND })),
			);
			return (await Promise.all(found)).flat().slice(0, MOST_FOUND);
		},
		async add(address, text) {
			const space = spaceOf(address);
			const clean = checked(text);
			if (!(await consents.isOn(space))) {
				const userMessage = say(address.mine ? 'memory.not_yours_yet' : 'memory.is_off');
				throw new BotError('input_invalid', 'the memory is off', { userMessage });
			}
			return engine.keep(space, clean, saidBy(address));
		},
		find,
		async edit(address, id, text) {
			const clean = checked(text);
			for (const space of spacesOf(address)) {
				const before = (await engine.list(space)).find((memory) => memory.id === id);
				const edited = await engine.edit(space, id, clean, saidBy(address));
				if (edited === null) continue;
				if (!address.mine) await forgetCopies(address, (old) => old === before?.text && old !== clean);
				// What runs were given was the old text.
				await scrub((memory) => memory.id === id);
				return edited;
			}
			return null;
		},
		async forget(address, ids) {
			return ids === null ? forgetAll(address) : forgetSome(address, new Set(ids));
		},
		async turn(address, on, retentionDays) {
			const space = spaceOf(address);
			const before = await consents.get(space);
			const days = retentionDays ?? before?.retentionDays ?? null;
			const { forgottenAt = null } = before ?? {};
			await consents.set(space, { on, retentionDays: days, by: address.person.user, at: clock.now(), forgottenAt });
		},
		async recall(occasion) {
			try {
				const memories = await within(clock, options.recallMs, recallAll(occasion));
				noteUse(occasion, memories).catch(options.onProblem);
				return memories;
			} catch (error) {
				options.onProblem(error);
				return [];
			}
		},
	};
}

/** The first of each, then the second of each, and so on: none of them keeps the others out. */
function inTurns<Item>(lists: readonly (readonly Item[])[]): Item[] {
	const longest = Math.max(0, ...lists.map(({ length }) => length));
	return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

const saidBy = ({ session, person }: MemoryAddress): MemorySource => ({
	session,
	run: null,
	by: person.user,
	trust: 'said',
});

/** Rejects when the work takes longer; it goes on, and what it comes to is dropped. */
function within<Result>(clock: Clock, ms: number, work: Promise<Result>): Promise<Result> {
	return new Promise((resolve, reject) => {
		const late = () => reject(new BotError('store_failed', `Memories were not found within ${ms} ms.`));
		const cancel = clock.after(ms, late);
		work.then(resolve, reject).finally(cancel);
	});
}
