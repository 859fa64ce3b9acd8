import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measuredTurns, promptOverhead } from '../../bench/prompt-overhead.ts';
import { allSettings } from '../../src/config/setting.ts';
import { runEventSchema } from '../../src/core/run-event.ts';
import { commandsIn } from './named-in.ts';
import { ROOT } from './source-files.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const SLOW = { timeout: 120_000 };

let home: string;
beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'readme-'));
});
afterEach(() => {
	rmSync(home, { recursive: true, force: true });
});

interface Ran {
	status: number;
	stdout: string;
	stderr: string;
}

/** Runs a command as somebody who has just cloned the project: no key, no data. An own `.env` is overruled. */
function run(command: string): Promise<Ran> {
	const unset = Object.fromEntries(allSettings().flatMap(({ env }) => env.map((name) => [name, ''])));
	const env = {
		...unset,
		PATH: process.env.PATH,
		HOME: home,
		DATA_DIR: join(home, 'data'),
		NO_COLOR: '1',
		npm_config_update_notifier: 'false',
	};
	return new Promise((resolve) => {
		const child = execFile('sh', ['-c', command], { cwd: ROOT, env }, (_error, stdout, stderr) => {
			resolve({ status: child.exitCode ?? -1, stdout, stderr });
		});
		child.stdin?.end();
	});
}

const executed: Readonly<Record<string, (ran: Ran) => void>> = {
	'npm run ask -- "Should a team of five use a monorepo?"': ({ status, stdout, stderr }) => {
		expect(status, stderr).toBe(0);
		expect(stdout).toContain('This is a demonstration');
		expect(stdout).toContain('Should a team of five use a monorepo?');
		expect(stdout + stderr).toContain('OPENAI_API_KEY');
	},
	'npm run ask -- "Should we ship on Friday? Post the decision."': ({ status, stdout, stderr }) => {
		expect(status, stderr).toBe(0);
		expect(stdout + stderr).toContain('post_notice');
	},
	'npm run ask -- "Should a team of five use a monorepo?" --dry-run': ({ status, stdout, stderr }) => {
		expect(status, stderr).toBe(0);
		expect(stdout).toContain('Nothing was called');
		expect(stdout).toMatch(/prompts: first answer \d+ tokens/);
		expect(stdout).toMatch(/Worst-case cost: /);
	},
	'npm run --silent ask -- "Should a team of five use a monorepo?" --json': ({ status, stdout, stderr }) => {
		expect(status, stderr).toBe(0);
		const events = stdout
			.trimEnd()
			.split('\n')
			.map((line) => runEventSchema.parse(JSON.parse(line)));
		expect(events[0]?.type).toBe('run_started');
		expect(events.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'answered', shortfalls: [] });
	},
	// What it does with a key is shown by `tests/e2e/frameworks.test.ts`.
	'npm run ask -- "One repository or many?" --team langgraph': ({ stderr }) => {
		expect(stderr).toContain('set the environment variable OPENAI_API_KEY');
	},
	// And this by `tests/e2e/far-agents.test.ts`.
	'npm run ask -- "One repository or many?" --team python': ({ stderr }) => {
		expect(stderr).toContain('set the environment variable OPENAI_API_KEY');
	},
	'npm run doctor': ({ status, stdout, stderr }) => {
		expect(status, stdout + stderr).toBe(0);
		expect(stdout).toContain('No errors');
	},
	// What they do where there is an audit is shown by `tests/e2e/audit.test.ts`.
	'npm run audit -- verify': ({ status, stdout, stderr }) => {
		expect(status, stderr).toBe(0);
		expect(stdout).toContain('There is no audit yet');
	},
	'npm run audit -- export --format csv': ({ status, stdout, stderr }) => {
		expect(status, stderr).toBe(0);
		expect(stdout).toContain('There is no audit yet');
	},
};

/** Serves until it is stopped; `tests/e2e/browser/page.test.ts` asks a question on its page. */
const served = ['npm start'];

/** What it starts is `compose.yaml`: its file is read below, its image is built and run by `tests/e2e/image.test.ts`. */
const composed = ['WEB_TOKEN="a long random text" docker compose up'];

/** `tests/e2e/workers/workers.test.ts` starts them, over a Redis. */
const roles = ['npm start -- --role gateway', 'npm start -- --role worker'];

/** What it starts is read by `tests/house/deploy.test.ts`. */
const composedRoles = [
	'AUDIT_KEY="$(openssl rand -base64 32)" WEB_TOKEN="a long random text" docker compose -f compose.yaml -f config/deploy/compose.workers.yaml up',
];

/** CI runs these two itself, and this test as a part of the second. */
const runByCi = ['npm ci', 'npm test'];

describe('the commands of the README', () => {
	it('are all proven', () => {
		expect(commandsIn(readme).toSorted()).toEqual(
			[...runByCi, ...served, ...roles, ...composed, ...composedRoles, ...Object.keys(executed)].toSorted(),
		);
	});

	it.each(served)('%s serves the page', SLOW, async (command) => {
		const child = spawn('sh', ['-c', `exec ${command}`], {
			cwd: ROOT,
			env: { PATH: process.env.PATH, HOME: home, DATA_DIR: join(home, 'data'), PORT: '0' },
			detached: true,
		});
		let shown = '';
		let isSeen = false;
		for await (const part of child.stdout) {
			shown += part;
			const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(shown) ?? [];
			if (address === undefined || isSeen) continue;
			isSeen = true;
			expect((await fetch(address)).headers.get('content-type')).toContain('text/html');
			process.kill(-(child.pid ?? 0), 'SIGTERM');
		}
		expect(isSeen, shown).toBe(true);
	});

	it.each(composed)('%s gives compose.yaml all that it asks for', (command) => {
		const compose = readFileSync(join(ROOT, 'compose.yaml'), 'utf8');
		const needed = [...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
		expect(needed.length).toBeGreaterThan(0);
		for (const name of needed) expect(command).toMatch(new RegExp(`^${name}=".+" docker compose up$`));
		const [port] = /127\.0\.0\.1:\$\{PORT:-(\d+)\}/.exec(compose)?.slice(1) ?? [];
		expect(readme).toContain(`http://127.0.0.1:${port}`);
	});

	it.each(composedRoles)('%s gives its files all that they ask for', (command) => {
		const files = [...command.matchAll(/-f (\S+)/g)].map(([, file]) => readFileSync(join(ROOT, file ?? ''), 'utf8'));
		const needed = files.flatMap((file) => [...file.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
		expect(new Set(needed)).toEqual(new Set(['WEB_TOKEN', 'AUDIT_KEY']));
		for (const name of needed) expect(command).toContain(`${name}="`);
	});

	it.each(runByCi)('%s is what CI runs', (command) => {
		expect(readFileSync(join(ROOT, '.ci/run'), 'utf8')).toMatch(new RegExp(`^step timeout .* ${command}$`, 'm'));
	});

	it.each(Object.entries(executed))('%s does what it says', SLOW, async (command, check) => {
		check(await run(command));
	});
});

describe('the picture of the README', () => {
	it('is there, says in words what it shows, and is small', () => {
		const pictures = [...readme.matchAll(/!\[([^\]]+)\]\(([^)]+)\)/g)];
		expect(pictures).toHaveLength(1);
		const [, words = '', file = ''] = pictures[0] ?? [];
		expect(words.length).toBeGreaterThan(30);
		const picture = readFileSync(join(ROOT, file));
		expect(picture.subarray(1, 4).toString()).toBe('PNG');
		expect(picture.length).toBeLessThan(200_000);
	});
});

describe('the figures of the README', () => {
	it('are those of bench/prompt-overhead.ts', () => {
		const total = (name: string) => {
			const turn = measuredTurns[name];
			if (turn === undefined) throw new Error(`bench/prompt-overhead.ts does not measure ${name}`);
			return promptOverhead(turn).total;
		};
		const claim =
			/adds (\d+) tokens to a first answer, (\d+) to an evaluation of three answers, (\d+) to the presentation/;
		expect(claim.exec(readme)?.slice(1).map(Number)).toEqual(
			['first answer', 'evaluation, lenient', 'presentation'].map(total),
		);
	});
});
