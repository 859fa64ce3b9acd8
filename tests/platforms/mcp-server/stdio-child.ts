import { createInterface } from 'node:readline';
import { answerTo, type Behaviour, partsOf, type Reply, text, tool } from './behaviour.ts';

/**
 * An MCP server over standard streams whose tools are its ways to misbehave. Arguments: `dies-early` ends it when it is
 * asked anything before it is greeted, as old servers do; `mute` never answers; `broken` complains and ends.
 */
const mode = process.argv[2] ?? '';
if (mode === 'broken') {
	process.stderr.write(`cannot find my configuration for ${process.env.TOKEN}\n`);
	process.exit(3);
}

const replies: Record<string, (input: Record<string, unknown>) => Reply> = {
	echo: ({ text: words }) => text(String(words)),
	environment: () => text(JSON.stringify({ env: process.env, cwd: process.cwd() })),
	fail: () => text('no luck', { isError: true }),
	hang: () => ({ type: 'silence' }),
	die: () => ({ type: 'death' }),
	flood: () => ({ type: 'flood', bytes: 100 * 1024 * 1024 }),
	noise: () => ({ type: 'noise', text: `not json\n{"jsonrpc":"2.0","id":`, next: text('well') }),
	binary: () => ({ type: 'noise', text: '\u0000\ufffd\u0007'.repeat(1_000), next: text('well') }),
};
const behaviour: Behaviour = {
	tools: Object.keys(replies).map((name) => tool(name)),
	instructions: 'Be kind.',
	call: (name, input) => replies[name]?.(input) ?? { type: 'error', code: -32_602, message: 'no such tool' },
};

let greeted = false;
createInterface({ input: process.stdin }).on('line', (line) => {
	const message = JSON.parse(line) as { id?: number; method?: string; params?: Record<string, unknown> };
	if (message.method === 'notifications/cancelled') process.stderr.write('cancelled\n');
	if (mode === 'mute') return;
	if (message.method === 'initialize') greeted = true;
	if (mode === 'dies-early' && !greeted) process.exit(1);
	const reply = answerTo(message, behaviour);
	if (reply === null) return;
	for (const part of partsOf(message, reply)) {
		if (part === null) process.exit(1);
		// In pieces, as pipes do.
		const half = Math.floor(part.length / 2);
		process.stdout.write(part.slice(0, half));
		process.stdout.write(`${part.slice(half)}\n`);
	}
});
