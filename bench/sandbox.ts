/**
 * How long tools take in their containers: `node bench/sandbox.ts [repetitions]`, each row beside the same thing done by
 * `docker run` and by a plain child process, in turns. Before it: `npm run sandbox:build --
 * @modelcontextprotocol/server-everything@<version>`.
 */
import { createDockerSandbox } from '../src/adapters/sandbox/docker.ts';
import { createShell } from '../src/adapters/tools/shell.ts';
import { OWN_FOLDER } from '../src/core/agent-folder.ts';
import type { SandboxRequest } from '../src/core/sandbox.ts';
import { systemClock } from '../src/system-clock.ts';
import { childOf, sandboxed, type Talk, talkTo } from './line-process.ts';
import { median } from './statistics.ts';

const MIB = 2 ** 20;
const AT_ONCE = 20;
const CALLS = 50;
const SERVER = 'mcp-server-everything';
/** The options of ours that `docker run` also has. */
const ISOLATED = ['--network=none', '--init', '--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'];
const repetitions = Number(process.argv[2] ?? 15);

const sandbox = createDockerSandbox({ instance: `bench-${process.pid}`, clock: systemClock });
const problem = await sandbox.problem();
const image = await sandbox.image('toolchain');
const serverImage = await sandbox.image('mcp');
if (problem !== null || image === null || serverImage === null) {
	throw new Error(
		problem ?? `Make the images first: npm run sandbox:build -- @modelcontextprotocol/server-everything@...`,
	);
}

const request: SandboxRequest = {
	run: 'bench',
	purpose: 'bench',
	image,
	command: ['true'],
	env: {},
	mounts: [],
	cwd: '/tmp',
	limits: { memoryBytes: 256 * MIB, cpus: 2, pids: 64, tmpBytes: MIB, wallMs: 60_000, outputBytes: 64 * MIB },
	egress: [],
};
const forever = new AbortController().signal;

type Way = 'ours' | 'docker' | 'child';
type Times = Readonly<Record<Way, number>>;

/** Milliseconds of each way, one after the other, so that a busy moment is in all of them. */
async function timed(work: Readonly<Record<Way, () => Promise<unknown>>>): Promise<Times> {
	const one = async (way: Way) => {
		const start = performance.now();
		const own = await work[way]();
		return typeof own === 'number' ? own : performance.now() - start;
	};
	return { ours: await one('ours'), docker: await one('docker'), child: await one('child') };
}

async function runOurs(): Promise<void> {
	const process = await sandbox.spawn(request, forever);
	process.end();
	await process.exit;
}
const runDocker = () => childOf('docker', ['run', '--rm', ...ISOLATED, image, 'true']).ended;
const runChild = () => childOf('true', []).ended;

/** From the request to a server's first answer, and then one call after the other. */
async function startToAnswer(open: () => Promise<Talk>, calls: number[]): Promise<number> {
	const start = performance.now();
	const talk = await open();
	await talk.greet();
	const first = performance.now() - start;
	for (let call = 0; call < CALLS; call += 1) {
		const begun = performance.now();
		await talk.call('echo', { message: 'again' });
		calls.push(performance.now() - begun);
	}
	await talk.close();
	return first;
}

const serverRequest = { ...request, image: serverImage, command: [SERVER, 'stdio'] };
const servers: Readonly<Record<Way, () => Promise<Talk>>> = {
	ours: async () => talkTo(sandboxed(await sandbox.spawn(serverRequest, forever))),
	docker: async () =>
		talkTo(childOf('docker', ['run', '--rm', '--interactive', ...ISOLATED, serverImage, SERVER, 'stdio'])),
	child: async () => talkTo(childOf(process.execPath, [`node_modules/.bin/${SERVER}`, 'stdio'])),
};

const workspace = await sandbox.workspace('bench', 'own', { bytes: 16 * MIB, files: 1_000 });
const shell = createShell({
	run: 'bench',
	sandbox,
	folder: { open() {}, mounts: async () => [{ workspace, at: OWN_FOLDER, writable: true }], settled: async () => {} },
	settings: { image, limits: request.limits, longestMs: 60_000, egress: [], allowed: null, blocked: [] },
});
await shell.tools({ kind: 'answer', question: '', seen: [], files: null, attachments: [], plan: [] });
const execute = async () => {
	const result = await shell.call(
		'execute_command',
		{ command: 'true' },
		{ signal: forever, effectKey: 'bench', progress() {} },
	);
	if (result.isError) throw new Error(result.text);
};

const rows: Record<string, Times[]> = { container: [], first: [], call: [], command: [], atOnce: [] };
for (let repetition = 0; repetition < repetitions; repetition += 1) {
	rows.container?.push(await timed({ ours: runOurs, docker: runDocker, child: runChild }));
	rows.command?.push(
		await timed({
			ours: execute,
			docker: () => childOf('docker', ['run', '--rm', ...ISOLATED, image, 'bash', '-c', 'true']).ended,
			child: () => childOf('bash', ['-c', 'true']).ended,
		}),
	);
	const calls: Record<Way, number[]> = { ours: [], docker: [], child: [] };
	rows.first?.push(
		await timed({
			ours: () => startToAnswer(servers.ours, calls.ours),
			docker: () => startToAnswer(servers.docker, calls.docker),
			child: () => startToAnswer(servers.child, calls.child),
		}),
	);
	rows.call?.push({ ours: median(calls.ours), docker: median(calls.docker), child: median(calls.child) });
	if (repetition >= Math.ceil(repetitions / 3)) continue;
	const all = (work: () => Promise<void>) => async () =>
		void (await Promise.all(Array.from({ length: AT_ONCE }, work)));
	rows.atOnce?.push(await timed({ ours: all(runOurs), docker: all(runDocker), child: all(runChild) }));
}
await shell.close();
await sandbox.close();

const NAMES: Readonly<Record<string, string>> = {
	container: 'Container from request to nothing left (`true`)',
	first: 'Start to the first answer of an MCP server',
	call: 'Call of its tool over direct stdio',
	command: '`execute_command` with `true`',
	atOnce: `${AT_ONCE} containers at a time`,
};
const ms = (value: number) => (value < 10 ? value.toFixed(1) : Math.round(value));
console.log('| What | Ours | `docker run` | Child process | x `docker run` | x child |');
console.log('|---|---|---|---|---|---|');
for (const [name, times] of Object.entries(rows)) {
	const of = (way: Way) => median(times.map((time) => time[way]));
	const ratio = (way: Way) => median(times.map((time) => time.ours / time[way])).toFixed(2);
	console.log(
		`| ${NAMES[name]} | ${ms(of('ours'))} ms | ${ms(of('docker'))} ms | ${ms(of('child'))} ms | ${ratio('docker')} | ${ratio('child')} |`,
	);
}
