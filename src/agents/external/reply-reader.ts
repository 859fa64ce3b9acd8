import type { BackendEvent, BackendRequest } from '../../core/backend.ts';
import type { ExternalEvent } from '../../core/external-agent.ts';
import { writtenCalls } from './written-calls.ts';

const WRITING = /"call"\s*:\s*"new_answer"/;
/** As many characters as a call's beginning may take. */
const BEGINNING = 60;

/** Reads calls that are made in writing out of a reply, and shows people the text before them alone. */
export interface ReplyReader {
	delta(text: string): BackendEvent[];
	/** The whole reply; `hasCalled`: it has made a call otherwise. */
	finish(event: Extract<ExternalEvent, { type: 'finished' }>, hasCalled: boolean): BackendEvent[];
	/** What was streamed so far. */
	text(): string;
}

export function createReplyReader(request: BackendRequest, isWritten: boolean, callsBefore: number): ReplyReader {
	const names = new Set(isWritten ? request.tools.map(({ name }) => name) : []);
	let text = '';
	let shown = 0;
	let isWriting = false;

	const show = (end: number): BackendEvent[] => {
		if (end <= shown) return [];
		const part = text.slice(shown, end);
		shown = end;
		return [{ type: 'text_delta', text: part }];
	};

	return {
		delta(part) {
			text += part;
			if (names.size === 0) return show(text.length);
			const mark = text.slice(shown).search(/[{`]/);
			const events = show(mark < 0 ? text.length : shown + mark);
			if (isWriting || !WRITING.test(text.slice(-(part.length + BEGINNING)))) return events;
			isWriting = true;
			return [...events, { type: 'tool_call_started', id: `written-${callsBefore}`, name: 'new_answer' }];
		},
		finish({ text: whole, usage }, hasCalled) {
			const { said, calls } = writtenCalls(whole, names);
			const isEmpty = hasCalled || calls.length > 0 || whole.trim() === '';
			const isPlainAnswer = !isEmpty && request.kind === 'answer';
			if (isPlainAnswer) calls.push({ name: 'new_answer', arguments: JSON.stringify({ content: whole.trim() }) });
			const streamed = text;
			if (streamed === '' && said !== '') text = said;
			const rest = calls.length === 0 || isPlainAnswer || streamed === '' ? show(text.length) : [];
			return [
				...rest,
				...calls.map(
					(call, index): BackendEvent => ({ type: 'tool_called', id: `written-${callsBefore}-${index}`, ...call }),
				),
				{ type: 'finished', reason: calls.length > 0 ? 'tool_calls' : 'stop', usage, text: said },
			];
		},
		text: () => text,
	};
}
