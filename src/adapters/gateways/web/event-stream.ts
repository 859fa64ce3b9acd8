import type { ServerResponse } from 'node:http';
import type { Clock } from '../../../core/clock.ts';
import type { LiveThread, Slot } from '../shared/live-thread.ts';
import { eventText, formsText, heartbeat, retryText } from './event-text.ts';
import type { PageForm } from './page-forms.ts';

export interface EventStreamOptions {
	thread: LiveThread;
	/** The forms that wait for the reader: the same list until that changes, which `watch` tells. */
	asked: { now(): readonly PageForm[]; watch(tell: () => void): () => void };
	/** Its head has been written. */
	out: ServerResponse;
	/** Names this start of the process. */
	boot: string;
	/** The newest change that the reader has seen; null: it has seen nothing. */
	seen: number | null;
	clock: Clock;
}

/** More than this many bytes on their way to a reader, and it gets nothing more until it has taken them. */
const MAX_UNREAD = 256 * 1024;
const HEARTBEAT_MS = 15_000;
/** A reader that takes nothing for so many heartbeats is sent away; its browser connects again. */
const MAX_STALLED_BEATS = 8;

interface Sent {
	changed: number;
	/** Of the text, in UTF-16 code units. */
	length: number;
}

/**
 * Shows a thread to one reader until it leaves. Nothing is queued: what a slow reader missed is not lost but
 * skipped, and it then gets the newest state of each message that changed. The id of every event says how far
 * the reader has seen everything, so that it can go on from there.
 */
export function streamEvents({ thread, asked, out, boot, seen, clock }: EventStreamOptions): void {
	let base = seen !== null && thread.knows(seen) ? seen : null;
	/** What was sent after `base`, or can be added to. */
	const sent = new Map<string, Sent>();
	let toldForms: readonly PageForm[] | null = null;
	let stalledBeats = 0;
	let cancelBeat = () => {};

	const isStalled = () => out.writableLength > MAX_UNREAD;
	const idOf = (change: number) => `${boot}-${change}`;

	function sendAll(): void {
		const slots = [...thread.slots()];
		base = thread.latest();
		for (const [place, slot] of slots) if (isWriting(slot)) sent.set(place, sentOf(slot));
		const entries = slots.map(([, { run, message }]) => ({ run, message }));
		out.write(eventText('snapshot', idOf(base), { entries }));
	}

	function send(place: string, slot: Slot, id: string): void {
		const { run, message } = slot;
		const before = sent.get(place);
		sent.set(place, sentOf(slot));
		if (message.type === 'final' && before !== undefined && before.changed >= slot.grownSince) {
			out.write(eventText('append', id, { run, key: message.key, text: message.content.slice(before.length) }));
		} else out.write(eventText('message', id, { run, message }));
	}

	function flush(): void {
		if (isStalled()) return;
		if (base === null) return sendAll();
		const shown = base;
		const due = [...thread.slots()].filter(([place, { changed }]) => changed > (sent.get(place)?.changed ?? shown));
		const ids = idsOf(due.map(([, { changed }]) => changed));
		for (const [i, [place, slot]] of due.entries()) {
			if (isStalled()) return;
			send(place, slot, idOf(ids[i] ?? shown));
		}
	}

	function flushForms(): void {
		const forms = asked.now();
		if (isStalled() || forms === toldForms) return;
		toldForms = forms;
		out.write(formsText(forms));
	}

	function beat(): void {
		stalledBeats = isStalled() ? stalledBeats + 1 : 0;
		if (stalledBeats >= MAX_STALLED_BEATS) return void out.destroy();
		if (stalledBeats === 0) out.write(heartbeat);
		cancelBeat = clock.after(HEARTBEAT_MS, beat);
	}

	const unwatch = [thread.watch(flush), asked.watch(flushForms)];
	out.on('drain', () => {
		flush();
		flushForms();
	});
	out.on('error', () => out.destroy());
	out.on('close', () => {
		for (const end of unwatch) end();
		cancelBeat();
	});
	out.write(retryText);
	cancelBeat = clock.after(HEARTBEAT_MS, beat);
	flush();
	flushForms();
}

const isWriting = ({ message }: Slot) => message.type === 'final' && message.streaming;

const sentOf = ({ changed, message }: Slot): Sent => ({
	changed,
	length: message.type === 'final' ? message.content.length : 0,
});

/** For each of these changes, sent in this order, the newest change up to which then nothing is missing. */
function idsOf(changes: readonly number[]): number[] {
	const newest = Math.max(...changes);
	let missing = Number.POSITIVE_INFINITY;
	return changes
		.toReversed()
		.map((change) => {
			const id = Math.min(newest, missing - 1);
			missing = Math.min(missing, change);
			return id;
		})
		.toReversed();
}
