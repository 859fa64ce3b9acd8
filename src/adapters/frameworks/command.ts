import type { ExternalAgent, ExternalEvent, ExternalRequest } from '../../core/external-agent.ts';
import type { ProgramAgentSettings } from '../../core/external-settings.ts';
import type { SandboxProcess } from '../../core/sandbox.ts';
import { linesOf } from './shared/lines-of.ts';
import { ownToolsOf } from './shared/own-tools-of.ts';
import { endingOf, lastWords, type ProgramPlace, startProgram } from './shared/program.ts';
import { isWireEvent, type WireEvent, wireEventOf, wireReply, wireRequest } from './shared/wire.ts';

/** A program that is run for each reply: the request as JSON on its standard input, the reply on its standard output. */
export function openCommandAgent(settings: ProgramAgentSettings, place: ProgramPlace): ExternalAgent {
	return {
		...{ framework: 'command', callsTools: false, ownTools: ownToolsOf(settings) },
		reply: (request, signal) => replyOf(settings, place, request, signal),
		async close() {},
	};
}

async function* replyOf(
	{ program }: ProgramAgentSettings,
	place: ProgramPlace,
	request: ExternalRequest,
	signal: AbortSignal,
): AsyncGenerator<ExternalEvent, void> {
	const process = await startProgram(program, place, signal);
	try {
		const words = lastWords(process, program);
		// A program that needs no question may end before it has read one.
		process.write(Buffer.from(`${JSON.stringify(wireRequest(request))}\n`)).catch(() => {});
		process.end();
		yield* wireReply(eventsOf(process, words));
	} finally {
		await process.dispose();
	}
}

/** Events of a program that writes lines of JSON; the text of any other is its reply. The first line tells which it is. */
async function* eventsOf(process: SandboxProcess, words: () => string): AsyncGenerator<WireEvent, void> {
	let isPlain: boolean | null = null;
	let before = '';
	for await (const line of linesOf(process.stdout)) {
		if (isPlain === null && line.trim() === '') continue;
		isPlain ??= !isWireEvent(parsed(line));
		if (!isPlain && line.trim() !== '') yield wireEventOf(parsed(line));
		if (!isPlain) continue;
		if (line.trim() === '') before += '\n';
		else {
			yield { type: 'text', text: before + line };
			before = '\n';
		}
	}
	const exit = await process.exit;
	if (exit.code !== 0 || exit.killed !== null) throw new Error(endingOf(exit, words()));
	if (isPlain === true) yield wireEventOf({ type: 'finished' });
}

function parsed(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}
