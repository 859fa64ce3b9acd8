import { z } from 'zod';
import type { Person } from './approval.ts';
import { decodeSessionId } from './session-id.ts';

/** Longest text of a memory, in characters (UTF-16 code units). */
export const MAX_MEMORY = 500;

/** Milliseconds since the epoch. */
const at = z.number().int();

/**
 * How far a memory is to be believed. `said`: a person wrote it down. `learned`: a model took it out of a run.
 * `foreign`: it comes from a tool, a file, or a run that had read such things. None of them is ever an instruction.
 */
const trustSchema = z.enum(['said', 'learned', 'foreign']);

/** Whom a memory belongs to. `thread`: what the winner of a run had found, for the next runs of its thread. */
export const memoryOwnerSchema = z.enum(['channel', 'thread', 'user']);
export type MemoryOwner = z.infer<typeof memoryOwnerSchema>;

/** Where a memory comes from. */
export const memorySourceSchema = z.object({
	/** The session it was said in, or learned of. */
	session: z.string(),
	/** The run it was learned of; null: a person wrote it down. */
	run: z.string().nullable(),
	/** Who wrote it down, or asked the question; null: not known. */
	by: z.string().nullable(),
	trust: trustSchema,
});
export type MemorySource = z.infer<typeof memorySourceSchema>;

/** Where a session is, without its thread. Whoever reads one thread of a place may read the others. */
export function placeOf(session: string): string {
	const { platform, tenant, channel } = decodeSessionId(session);
	return JSON.stringify([platform, tenant, channel]);
}

/** A memory as a run was given it: data, never an instruction. */
export const recalledSchema = memorySourceSchema.extend({
	id: z.string(),
	owner: memoryOwnerSchema,
	text: z.string(),
	at,
});
export type Recalled = z.infer<typeof recalledSchema>;

/**
 * One set of memories that are read together: those of a channel, a thread, or a person. Different tenants, channels,
 * threads and people have different ids; at most 90 characters, without white space.
 */
export interface MemorySpace {
	id: string;
	owner: MemoryOwner;
}

export interface KeptMemory {
	id: string;
	text: string;
	source: MemorySource;
	/** Milliseconds since the epoch. */
	at: number;
	/** When it was last given to a run; null: never. */
	usedAt: number | null;
	/** Which embedder its vector is of; null: it has none yet. */
	embedder: string | null;
}

/** A search in one space. */
export interface MemoryQuery {
	question: string;
	limit: number;
	/** Only what comes from one of these places; left out: from anywhere. */
	places?: readonly string[];
	/** Nothing that was learned of one of these runs; left out: of any run. */
	besides?: readonly string[];
}

/** What is learned of: a question and its accepted answer, never votes or what agents said to each other. */
export interface Lesson {
	question: string;
	answer: string;
	source: MemorySource;
}

export interface Learned {
	kept: readonly KeptMemory[];
	/** Texts of what had to make room for them. */
	replaced: readonly string[];
}

/** One model call: instructions and a text in, a text out. Throws when the model fails. */
export type AskModel = (system: string, text: string, signal: AbortSignal) => Promise<string>;

/**
 * Keeps memories and finds them again. Every call names the one space that it is about, and reads and writes nothing
 * of any other.
 */
export interface MemoryEngine {
	/** Facts out of a lesson, by one model call; those that replace older ones take their place. */
	learn(space: MemorySpace, lesson: Lesson, ask: AskModel, signal: AbortSignal): Promise<Learned>;
	/** Null: it is known already. */
	keep(space: MemorySpace, text: string, source: MemorySource): Promise<KeptMemory | null>;
	/** Best first; what has nothing to do with the question is left out. */
	search(space: MemorySpace, query: MemoryQuery): Promise<readonly KeptMemory[]>;
	/** Newest first. */
	list(space: MemorySpace): Promise<readonly KeptMemory[]>;
	/** Null: there is no such memory in the space. */
	edit(space: MemorySpace, id: string, text: string, source: MemorySource): Promise<KeptMemory | null>;
	/**
	 * Takes memories away with their vectors and histories; how many there were. `expired`: their time was over, which is
	 * counted.
	 */
	remove(space: MemorySpace, ids: readonly string[], why: 'forgotten' | 'expired'): Promise<number>;
	counts(space: MemorySpace): Promise<MemoryCounts>;
	/** Notes that memories were given to a run. */
	used(space: MemorySpace, ids: readonly string[]): Promise<void>;
	/** Every space that has, or had, a memory. */
	spaces(): AsyncIterable<MemorySpace>;
	/** Loads what a search needs, when there is anything to find. */
	warmUp(): Promise<void>;
	/** Gives every memory of another embedder a vector of this one, until the signal aborts; how many. */
	renew(signal: AbortSignal): Promise<number>;
}

/** What there is in a space, and what went out of it by itself. */
export interface MemoryCounts {
	count: number;
	/** The most that are kept. */
	most: number;
	/** Memories that had to go for lack of room, and those whose time was over. */
	evicted: number;
	expired: number;
	/** Model calls for learning. */
	calls: number;
}

/** What may be said of the memories of a place. */
export interface MemoryAbout extends MemoryCounts {
	on: boolean;
	/** Null: they are kept for good. */
	retentionDays: number | null;
}

/** Whose memories are meant, and who asks. `mine`: the person's own; else those of the session's channel. */
export interface MemoryAddress {
	session: string;
	person: Person;
	mine: boolean;
}

/** What a run is about to be asked. */
export interface MemoryOccasion {
	session: string;
	requester: Person | null;
	question: string;
	/** Runs whose question and answer the agents see anyway. */
	known: readonly string[];
}

/** What people and runs may ask of the memory. */
export interface MemoryBook {
	about(address: MemoryAddress): Promise<MemoryAbout>;
	/** Newest first. */
	list(address: MemoryAddress): Promise<readonly KeptMemory[]>;
	search(address: MemoryAddress, question: string): Promise<readonly KeptMemory[]>;
	/** Null: it is known already. Throws `input_invalid` for an empty or overlong text, and when the memory is off. */
	add(address: MemoryAddress, text: string): Promise<KeptMemory | null>;
	/** `id`: its first characters are enough. Null: none or several begin so. */
	find(address: MemoryAddress, id: string): Promise<KeptMemory | null>;
	edit(address: MemoryAddress, id: string, text: string): Promise<KeptMemory | null>;
	/** Forgets memories by id (null: all) for good, also in what runs were given; how many. */
	forget(address: MemoryAddress, ids: readonly string[] | null): Promise<number>;
	/** `retentionDays`: null leaves it as it is, 0 keeps memories for good. */
	turn(address: MemoryAddress, on: boolean, retentionDays: number | null): Promise<void>;
	/** Memories for a run. Never throws and takes little time: what cannot be had is left out. */
	recall(occasion: MemoryOccasion): Promise<readonly Recalled[]>;
}
