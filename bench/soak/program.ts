import { type Running, startScript } from '../../tests/support/command.ts';

/** A process of the program that is started again whenever it has ended, as a service manager does. */
export interface Program {
	/** Resolves when it serves the page and is on Discord; the address of the page. */
	ready(): Promise<string>;
	kill(): void;
	pause(): void;
	resume(): void;
	/** Lives so far. */
	lives(): number;
	/** How it ended when nobody had killed it. */
	readonly faults: readonly string[];
	/** What it wrote to standard error, all lives together. */
	complaints(): string;
	/** SIGTERM, and no other life after it; how many milliseconds it took. */
	end(): Promise<number>;
}

export function runProgram(args: readonly string[], env: Readonly<Record<string, string>>): Program {
	const faults: string[] = [];
	let complaints = '';
	let lives = 0;
	let isOver = false;
	let isKilled = false;
	let running: Running = start();
	let ready: Promise<string> = readiness(running);

	function start(): Running {
		lives += 1;
		isKilled = false;
		const child = startScript('src/main.ts', args, { env });
		void child.ended.then(({ code, signal, stderr }) => {
			complaints += stderr;
			if (isOver) return;
			if (!isKilled) faults.push(`ended by itself with ${code ?? signal}: ${stderr.slice(-500)}`);
			running = start();
			ready = readiness(running);
		});
		return child;
	}

	async function readiness(child: Running): Promise<string> {
		const shown = await child.shows(/On Discord as/);
		return /http:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(shown)?.[0] ?? '';
	}

	return {
		async ready() {
			for (;;) {
				const mine = ready;
				// A life that ended before it was ready is followed by another.
				const address = await mine.catch(() => null);
				if (address !== null && mine === ready) return address;
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
		},
		kill() {
			isKilled = true;
			running.process.kill('SIGKILL');
		},
		pause: () => void running.process.kill('SIGSTOP'),
		resume: () => void running.process.kill('SIGCONT'),
		lives: () => lives,
		faults,
		complaints: () => complaints,
		async end() {
			isOver = true;
			const since = performance.now();
			running.process.kill('SIGTERM');
			const { code } = await running.ended;
			if (code !== 0) faults.push(`ended with ${code} after SIGTERM`);
			return performance.now() - since;
		},
	};
}
