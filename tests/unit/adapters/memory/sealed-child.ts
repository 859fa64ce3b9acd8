/** Uses the memory with its own embedder in a process that has no network; prints what came of it as JSON. */
import dns from 'node:dns';
import net from 'node:net';
import { createLocalEmbedder } from '../../../../src/adapters/memory/mem0/embedders.ts';
import { createMem0Memory } from '../../../../src/adapters/memory/mem0.ts';
import { createMemoryStore } from '../../../../src/adapters/stores/memory.ts';
import { channelSpace } from '../../../../src/memory/spaces.ts';
import { systemClock } from '../../../../src/system-clock.ts';

const tried: string[] = [];
const refuse = (what: string) => () => {
	tried.push(what);
	throw new Error(`no network: ${what}`);
};
globalThis.fetch = refuse('fetch');
Object.assign(dns, { lookup: refuse('dns.lookup') });
Object.assign(dns.promises, { lookup: refuse('dns.promises.lookup') });
net.Socket.prototype.connect = refuse('connect');

const SESSION = 'slack:T1:C1:1';
const space = channelSpace(SESSION);
const source = { session: SESSION, run: null, by: 'ann', trust: 'said' } as const;
const problems: string[] = [];
const engine = createMem0Memory({
	...{ store: createMemoryStore(), clock: systemClock, embedder: createLocalEmbedder(), most: 100 },
	dataDir: process.argv[2] ?? '',
	onProblem: (error) => void problems.push(String(error)),
});
for (const text of ['We deploy on Fridays at noon', 'The office cat is called Minka', 'Postgres 15 is our database']) {
	await engine.keep(space, text, source);
}
const ask = async () => JSON.stringify({ memory: [{ id: '0', text: 'Anna prefers short answers in German' }] });
const never = new AbortController().signal;
await engine.learn(
	space,
	{ question: 'How?', answer: 'So.', source: { ...source, run: 'r1', trust: 'learned' } },
	ask,
	never,
);
const search = async (question: string) => (await engine.search(space, { question, limit: 1 }))[0]?.text ?? null;
const found = [
	await search('When do we release?'),
	await search('Which pet lives at work?'),
	await search('How long should replies to Anna be?'),
];
const embedders = (await engine.list(space)).map(({ embedder }) => embedder);
process.stdout.write(`${JSON.stringify({ found, embedders, tried, problems })}\n`);
