import { join } from 'node:path';
import { BotError } from '../../core/errors.ts';
import type { ExternalAgent, ExternalEvent, ExternalRequest } from '../../core/external-agent.ts';
import type { PythonSettings } from '../../core/external-settings.ts';
import { linesOf } from './shared/lines-of.ts';
import { endingOf, lastWords, type ProgramPlace, startProgram } from './shared/program.ts';
import { recordOf, textOf } from './shared/record-of.ts';
import { type WireEvent, wireEventOf, wireReply, wireRequest } from './shared/wire.ts';

const BRIDGE = join(import.meta.dirname, 'python/bridge.py');

/** An interpreter with the user's module in it. */
interface Bridge {
	ask(request: ExternalRequest): Promise<void>;
	/** The next event. Throws when the interpreter has ended. */
	next(): Promise<WireEvent>;
	end(): Promise<void>;
}

/** A module of Python. Its interpreter starts with the first reply, lives as long as the agent, and ends with a stop. */
export function openPythonAgent(settings: PythonSettings, place: ProgramPlace): ExternalAgent {
	let life = new AbortController();
	let bridge: Promise<Bridge> | null = null;
	const end = async () => {
		const ending = bridge;
		bridge = null;
		// Also of one that is still loading its module.
		life.abort();
		life = new AbortController();
		await (await ending?.catch(() => null))?.end();
	};
	const start = () => {
		bridge ??= startBridge(settings, place, life.signal);
		return bridge;
	};
	const replyOf = async function* (request: ExternalRequest, signal: AbortSignal): AsyncGenerator<ExternalEvent, void> {
		let isOver = false;
		const stop = () => void end();
		signal.addEventListener('abort', stop, { once: true });
		try {
			const running = await start();
			signal.throwIfAborted();
			await running.ask(request);
			yield* wireReply(untilEnd(running));
			isOver = true;
		} finally {
			signal.removeEventListener('abort', stop);
			if (!isOver) await end();
		}
	};
	return {
		...{ framework: settings.type, callsTools: false, ownTools: settings.ownTools ?? 'ungated' },
		reply: replyOf,
		async check() {
			await start();
		},
		close: end,
	};
}

/** Ends after the last event of the reply, of which the bridge always sends one. */
async function* untilEnd(bridge: Bridge): AsyncGenerator<WireEvent, void> {
	for (;;) yield await bridge.next();
}

/** An interpreter that has loaded the module. Throws `config_invalid` with what it says when it cannot. */
async function startBridge(
	{ type, module, export: name, program }: PythonSettings,
	place: ProgramPlace,
	signal: AbortSignal,
): Promise<Bridge> {
	const command = [...program.command, BRIDGE, type, module, name];
	const process = await startProgram({ ...program, command }, place, signal);
	const words = lastWords(process, program);
	const lines = linesOf(process.stdout);
	const next = async (): Promise<unknown> => {
		const line = await lines.next();
		if (line.done) throw new Error(endingOf(await process.exit, words()));
		return JSON.parse(line.value);
	};
	try {
		const first = recordOf(await next());
		if (first.type !== 'ready') throw new BotError('config_invalid', textOf(first.message) ?? 'The module failed.');
	} catch (thrown) {
		await process.dispose();
		throw thrown;
	}
	return {
		// An interpreter that has ended says by its events why.
		ask: (request) => process.write(Buffer.from(`${JSON.stringify(wireRequest(request))}\n`)).catch(() => {}),
		next: async () => wireEventOf(await next()),
		end: () => process.dispose(),
	};
}
