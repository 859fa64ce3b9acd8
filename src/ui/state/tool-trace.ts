import type { MessageOf } from '../../core/gateway.ts';

/** A tool that an agent was seen to use, and what it said of its progress, oldest first. */
export interface ToolUse {
	label: string;
	lines: readonly string[];
}

/** Per agent, in the order of first use. What tools do is not kept with the thread: it is what this page has seen. */
export type ToolTrace = Readonly<Record<string, readonly ToolUse[]>>;

/** As many lines of one use as are kept, the newest. */
const MAX_LINES = 20;

/** What was seen after one more state of the board. */
export function traceAfter(
	trace: ToolTrace,
	before: MessageOf<'board'> | null,
	{ rows }: MessageOf<'board'>,
): ToolTrace {
	let next = trace;
	for (const { agent, tool, note } of rows) {
		const old = before?.rows.find((row) => row.agent === agent);
		if (tool === null || (old?.tool === tool && old.note === note)) continue;
		const uses = next[agent] ?? [];
		const last = old?.tool === tool ? uses.at(-1) : undefined;
		const line = note === null || note === old?.note ? [] : [note];
		const use = last === undefined ? { label: tool, lines: line } : withLine(last, line);
		next = { ...next, [agent]: [...(last === undefined ? uses : uses.slice(0, -1)), use] };
	}
	return next;
}

const withLine = ({ label, lines }: ToolUse, line: readonly string[]): ToolUse => ({
	label,
	lines: [...lines, ...line].slice(-MAX_LINES),
});
