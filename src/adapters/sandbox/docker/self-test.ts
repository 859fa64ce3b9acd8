import { messageOf } from '../../../core/errors.ts';
import type { SandboxLimits, SandboxProcess } from '../../../core/sandbox.ts';

const MIB = 2 ** 20;
const LIMITS: SandboxLimits = {
	memoryBytes: 48 * MIB,
	cpus: 1,
	pids: 24,
	tmpBytes: MIB,
	wallMs: 30_000,
	outputBytes: 256 * 1024,
};

/** Tries everything that must not work, and says what did. For the toolchain image, which has Python. */
export const HOSTILE = `
import json, os, socket
def tried(act):
    try:
        act()
        return True
    except OSError:
        return False
def plant(folder):
    return tried(lambda: open(folder + '/planted', 'w').close())
def reach(address):
    return tried(lambda: socket.create_connection(address, 2).close())
def run():
    with open('/tmp/x', 'w') as file: file.write('#!/bin/sh\\n')
    os.chmod('/tmp/x', 0o755)
    if os.spawnv(os.P_WAIT, '/tmp/x', ['x']) != 0: raise OSError
def fill():
    written = 0
    try:
        with open('/tmp/big', 'wb', 0) as file:
            while written < ${64 * MIB}: written += file.write(b'x' * 65536)
    except OSError: pass
    return written
def fork():
    count = 0
    try:
        while count < 512:
            if os.fork() == 0: os.read(0, 1); os._exit(0)
            count += 1
    except OSError: pass
    return count
status = dict(line.rstrip().split(':\\t', 1) for line in open('/proc/self/status') if ':\\t' in line)
seen = {
    'capabilities': [status[name] for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')],
    'privileges': status.get('NoNewPrivs'),
    'filter': status.get('Seccomp'),
    'user': os.getuid(),
    'planted': [folder for folder in ('/', '/usr', '/etc', '/var', '/root', '/dev', '/sys', '/proc', '/workspace') if plant(folder)],
    'links': os.listdir('/sys/class/net'),
    'reached': [address for address in (('1.1.1.1', 53), ('169.254.169.254', 80), ('172.17.0.1', 22)) if reach(address)],
    'executed': tried(run),
    'filled': fill(),
    'forked': fork(),
}
print(json.dumps(seen), flush=True)
os._exit(0)
`;

/** What the hostile program saw. */
export interface Seen {
	capabilities: readonly string[];
	privileges: string | null;
	filter: string | null;
	user: number;
	planted: readonly string[];
	links: readonly string[];
	reached: readonly unknown[];
	executed: boolean;
	filled: number;
	forked: number;
}

/** Each promise that was not kept, in words that follow "Docker lets a container". */
export function faultsOf(seen: Seen): string[] {
	const faults = {
		'have capabilities of root': seen.capabilities.some((set) => /[^0]/.test(set)),
		'gain privileges': seen.privileges !== '1',
		'make any system call': seen.filter !== '2',
		'be root': seen.user === 0,
		[`write to ${seen.planted.join(', ')}`]: seen.planted.length > 0,
		'have a network': seen.links.some((name) => name !== 'lo') || seen.reached.length > 0,
		'execute what it wrote to /tmp': seen.executed,
		'write more to /tmp than it may': seen.filled > LIMITS.tmpBytes,
		'start more processes than it may': seen.forked >= LIMITS.pids,
	};
	return Object.entries(faults).flatMap(([fault, isThere]) => (isThere ? [fault] : []));
}

/** The parts of a request that a probe decides. */
export interface Probe {
	command: readonly string[];
	limits: SandboxLimits;
}

/** Runs hostile programs under the limits that tools get, and gives what they could do that they must not. */
export async function selfTest(start: (probe: Probe) => Promise<SandboxProcess>): Promise<string[]> {
	const run = async (...command: string[]) => {
		const process = await start({ command, limits: LIMITS });
		process.end();
		let bytes = 0;
		const pieces: Uint8Array[] = [];
		const read = async (stream: AsyncIterable<Uint8Array>) => {
			for await (const piece of stream) {
				bytes += piece.length;
				if (bytes <= LIMITS.outputBytes) pieces.push(piece);
			}
		};
		await Promise.all([read(process.stdout), read(process.stderr)]);
		return { exit: await process.exit, text: Buffer.concat(pieces).toString(), bytes };
	};
	const [hostile, hog, flood] = await Promise.all([
		run('python3', '-c', HOSTILE),
		run('python3', '-c', `x = b'x' * ${256 * MIB}; print(len(x))`),
		run('yes'),
	]);
	const faults = seenFaults(hostile.text);
	if (hog.exit.killed !== 'memory') faults.push('take more memory than it may');
	if (flood.exit.killed !== 'output' || flood.bytes > LIMITS.outputBytes) faults.push('write more output than it may');
	return faults;
}

function seenFaults(text: string): string[] {
	try {
		return faultsOf(JSON.parse(text));
	} catch (thrown) {
		return [`end a test before it says what it saw (${messageOf(thrown)}: ${text.slice(0, 200)})`];
	}
}
