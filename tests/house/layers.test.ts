import { describe, expect, it } from 'vitest';
import { type Rule, violations } from './layers.ts';
import { sourceFiles } from './source-files.ts';

const ENOUGH = 'export const here = 1;\n';
/** A small house that keeps every rule; a seed adds or replaces files. */
const HOUSE: Readonly<Record<string, string>> = {
	'src/main.ts': "import { ask } from './cli/ask.ts';\nimport 'node:process';\nask();\n",
	'src/cli/ask.ts':
		"import { app } from '../app.ts';\nimport { load } from '../config/load.ts';\nexport const ask = () => app(load);\n",
	'src/system-clock.ts': 'export const now = () => Date.now();\n',
	'src/app/open-store.ts': "export const openStore = () => import('../adapters/stores/sqlite.ts');\n",
	'src/app.ts':
		"import { bot } from './bot.ts';\nimport { openStore } from './app/open-store.ts';\nimport { commands } from '../commands/index.ts';\nexport const app = async () => [bot, openStore, commands, await import('./adapters/backends/openai.ts')];\n",
	'src/bot.ts':
		"import { shell } from './runs/shell.ts';\nimport type { Port } from './core/port.ts';\nexport const bot: Port = shell;\n",
	'src/core/port.ts':
		"import { z } from 'zod';\nexport type Port = z.infer<typeof port>;\nexport const port = z.string();\n",
	'src/orchestrator/reduce.ts':
		"import type { Port } from '../core/port.ts';\nexport const reduce = (port: Port) => Math.max(port.length, 1);\n",
	'src/runs/shell.ts':
		"import { reduce } from '../orchestrator/reduce.ts';\nimport { loop } from '../agents/loop.ts';\nexport const shell = [reduce, loop];\n",
	'src/agents/loop.ts': "import { readFile } from 'node:fs/promises';\nexport const loop = readFile;\n",
	'src/config/load.ts':
		"import { parse } from 'yaml';\nimport words from '../../config/locales/en.json' with { type: 'json' };\nexport const load = [parse, words];\n",
	'src/adapters/backends/openai.ts':
		"import type OpenAI from 'openai';\nimport { retry } from './shared/retry.ts';\nexport const open = async (): Promise<OpenAI> => new (await import('openai')).default(retry);\n",
	'src/adapters/backends/anthropic/stream.ts': ENOUGH,
	'src/adapters/backends/shared/retry.ts':
		"import type { Port } from '../../../core/port.ts';\nexport const retry: Port = '';\n",
	'src/adapters/stores/shared/rows.ts': ENOUGH,
	'src/adapters/stores/sqlite.ts': "import { DatabaseSync } from 'node:sqlite';\nexport const open = DatabaseSync;\n",
	'commands/index.ts': "import { ask } from './ask.ts';\nexport const commands = [ask];\n",
	'commands/ask.ts':
		"import { z } from 'zod';\nimport type { Port } from '../src/core/port.ts';\nexport const ask: Port | z.ZodType = z.string();\n",
};

const judge = (seed: Readonly<Record<string, string>>) => violations(new Map(Object.entries({ ...HOUSE, ...seed })));

/** What is wrong, the file it is wrong in, and what that file says. */
const SEEDS: readonly (readonly [string, Rule, string, string])[] = [
	['core imports a Node module', 'node_module', 'src/core/a.ts', "import { readFileSync } from 'node:fs';"],
	['core names a type of a Node module', 'node_module', 'src/core/a.ts', "import type { Stats } from 'node:fs';"],
	['core imports a package', 'package', 'src/core/a.ts', "import { parse } from 'yaml';"],
	['core imports a service', 'layer', 'src/core/a.ts', "import type { shell } from '../runs/shell.ts';"],
	[
		'core imports an adapter',
		'only_app_picks_adapters',
		'src/core/a.ts',
		"export * from '../adapters/stores/sqlite.ts';",
	],
	['core reads the clock', 'impure', 'src/core/a.ts', 'export const at = () => Date.now();'],
	['the orchestrator imports runs', 'layer', 'src/orchestrator/a.ts', "import { shell } from '../runs/shell.ts';"],
	['the orchestrator names a type of runs', 'layer', 'src/orchestrator/a.ts', "type S = import('../runs/shell.ts').S;"],
	[
		'the orchestrator loads values of core',
		'types_only',
		'src/orchestrator/a.ts',
		"import { port } from '../core/port.ts';",
	],
	['the orchestrator imports zod', 'package', 'src/orchestrator/a.ts', "import { z } from 'zod';"],
	['the orchestrator imports a Node module', 'node_module', 'src/orchestrator/a.ts', "import 'node:timers';"],
	['the orchestrator reads the clock', 'impure', 'src/orchestrator/a.ts', 'export const at = () => Date.now();'],
	['the orchestrator makes a date', 'impure', 'src/orchestrator/a.ts', 'export const at = () => new Date();'],
	['the orchestrator draws lots', 'impure', 'src/orchestrator/a.ts', 'export const lot = () => Math.random();'],
	[
		'the orchestrator hides Math.random',
		'impure',
		'src/orchestrator/a.ts',
		'const { random } = Math; export { random };',
	],
	['the orchestrator waits', 'impure', 'src/orchestrator/a.ts', 'setTimeout(() => {}, 1);'],
	['the orchestrator knows its process', 'impure', 'src/orchestrator/a.ts', 'export const env = process.env.HOME;'],
	['the orchestrator measures itself', 'impure', 'src/orchestrator/a.ts', 'export const at = performance.now();'],
	['the orchestrator goes round by globalThis', 'impure', 'src/orchestrator/a.ts', 'globalThis.fetch("x");'],
	[
		'a service imports an adapter',
		'only_app_picks_adapters',
		'src/runs/a.ts',
		"import '../adapters/stores/sqlite.ts';",
	],
	[
		'a service loads an adapter late',
		'only_app_picks_adapters',
		'src/agents/a.ts',
		"import('../adapters/backends/openai.ts');",
	],
	[
		'a service names a type of an adapter',
		'only_app_picks_adapters',
		'src/bot.ts',
		"import type { open } from './adapters/stores/sqlite.ts';",
	],
	[
		'dispatch imports an adapter',
		'only_app_picks_adapters',
		'src/dispatch.ts',
		"import './adapters/stores/sqlite.ts';",
	],
	['a service imports app.ts', 'layer', 'src/runs/a.ts', "import { app } from '../app.ts';"],
	[
		'a service imports the composition root',
		'layer',
		'src/runs/a.ts',
		"import { openStore } from '../app/open-store.ts';",
	],
	['a service imports a command', 'layer', 'src/dispatch.ts', "import { commands } from '../commands/index.ts';"],
	['an adapter imports a sibling', 'sibling_adapter', 'src/adapters/backends/gemini.ts', "import './openai.ts';"],
	[
		'an adapter imports a sibling folder',
		'sibling_adapter',
		'src/adapters/backends/gemini.ts',
		"import './anthropic/stream.ts';",
	],
	[
		'an adapter imports another kind',
		'sibling_adapter',
		'src/adapters/backends/gemini.ts',
		"import '../stores/sqlite.ts';",
	],
	[
		"an adapter imports another kind's shared/",
		'sibling_adapter',
		'src/adapters/backends/gemini.ts',
		"import '../stores/shared/rows.ts';",
	],
	[
		'shared/ imports an adapter',
		'sibling_adapter',
		'src/adapters/backends/shared/a.ts',
		"import '../anthropic/stream.ts';",
	],
	[
		'an adapter imports a service',
		'layer',
		'src/adapters/stores/redis.ts',
		"import { shell } from '../../runs/shell.ts';",
	],
	[
		'an adapter imports the orchestrator',
		'layer',
		'src/adapters/stores/redis.ts',
		"import type { reduce } from '../../orchestrator/reduce.ts';",
	],
	['a command imports bot.ts', 'layer', 'commands/stop.ts', "import { bot } from '../src/bot.ts';"],
	['a command imports a service', 'layer', 'commands/stop.ts', "import type { load } from '../src/config/load.ts';"],
	['a command imports another', 'layer', 'commands/stop.ts', "import { ask } from './ask.ts';"],
	['a command imports a Node module', 'node_module', 'commands/stop.ts', "import { join } from 'node:path';"],
	['main picks an adapter', 'only_app_picks_adapters', 'src/main.ts', "import './adapters/stores/sqlite.ts';"],
	['main starts a service itself', 'layer', 'src/main.ts', "import { shell } from './runs/shell.ts';"],
	['main passes by the command line', 'layer', 'src/main.ts', "import { app } from './app.ts';"],
	[
		'the command line picks an adapter',
		'only_app_picks_adapters',
		'src/cli/doctor.ts',
		"import '../adapters/stores/sqlite.ts';",
	],
	['the command line goes to the orchestrator', 'layer', 'src/cli/doctor.ts', "import '../orchestrator/reduce.ts';"],
	[
		'a service reads the clock of the machine',
		'only_app_picks_adapters',
		'src/runs/a.ts',
		"import { now } from '../system-clock.ts';",
	],
	[
		'an adapter reads the clock of the machine',
		'sibling_adapter',
		'src/adapters/stores/sqlite.ts',
		"import { now } from '../../system-clock.ts';",
	],
	['app.ts knows the command line', 'layer', 'src/app.ts', "import { ask } from './cli/ask.ts';"],
	['main imports a package', 'package', 'src/main.ts', "import { z } from 'zod';"],
	[
		'app goes past the services to the orchestrator',
		'layer',
		'src/app.ts',
		"import { reduce } from './orchestrator/reduce.ts';",
	],
	['the browser app loads the inside', 'layer', 'src/ui/page.tsx', "import type { shell } from '../runs/shell.ts';"],
	['the browser app loads values of core', 'types_only', 'src/ui/page.tsx', "import { port } from '../core/port.ts';"],
	['a package nobody has placed', 'package', 'src/runs/a.ts', "import _ from 'lodash';"],
	['a computed import', 'computed_import', 'src/runs/a.ts', 'const name = "x"; import(name);'],
	['an import that leaves the house', 'off_the_map', 'src/runs/a.ts', "import '../../tests/unit/a.ts';"],
	['a file that is not there', 'missing_file', 'src/runs/a.ts', "import './gone.ts';"],
	['a folder that is not on the map', 'off_the_map', 'src/helpers/a.ts', ENOUGH],
	['an adapter outside its kind', 'off_the_map', 'src/adapters/redis.ts', ENOUGH],
	['a vendor SDK loaded at once', 'vendor_sdk', 'src/adapters/backends/openai.ts', "import OpenAI from 'openai';"],
	[
		'a vendor SDK with an inline type import',
		'vendor_sdk',
		'src/adapters/backends/openai.ts',
		"import { type OpenAI } from 'openai';",
	],
	['a vendor SDK passed on', 'vendor_sdk', 'src/adapters/backends/openai.ts', "export { OpenAI } from 'openai';"],
	['a vendor SDK by require()', 'vendor_sdk', 'src/adapters/backends/openai.ts', "const sdk = require('openai');"],
];

const SDKS = [
	'openai',
	'openai/resources/responses',
	'@anthropic-ai/sdk',
	'@google/genai',
	'discord.js',
	'@slack/bolt',
	'@modelcontextprotocol/sdk/client/index.js',
	'dockerode',
	'ioredis',
	'bullmq',
	'mem0ai',
	'playwright-core',
	'@opentelemetry/api',
];

describe('who may import whom', () => {
	it('has nothing to say about a house that keeps the rules', () => {
		expect(judge({})).toEqual([]);
	});

	it.each(SEEDS)('finds it when %s', (_title, rule, file, source) => {
		expect(judge({ [file]: source }).map((found) => [found.rule, found.file])).toContainEqual([rule, file]);
	});

	it.each(SDKS)('keeps %s inside its adapter, however it is imported', (name) => {
		for (const source of [`import '${name}';`, `import('${name}');`, `import type { X } from '${name}';`]) {
			for (const file of ['src/runs/a.ts', 'src/app.ts', 'src/adapters/frameworks/a.ts']) {
				expect(judge({ [file]: source }).map((found) => [found.rule, found.file])).toContainEqual(['vendor_sdk', file]);
			}
		}
	});

	it('names the line of a violation', () => {
		const source = `// two lines\n\n${"import { shell } from '../runs/shell.ts';"}\n`;
		expect(judge({ 'src/core/a.ts': source })).toContainEqual({
			rule: 'layer',
			file: 'src/core/a.ts',
			line: 3,
			message: 'core imports src/runs/shell.ts of service',
		});
	});

	it('does not take a property or a fine function of Math for an impurity', () => {
		const source = 'export const f = (x: { Date: number; process(): void }) => Math.min(x.Date, Math.max(1, 2));\n';
		expect(judge({ 'src/orchestrator/a.ts': source })).toEqual([]);
	});

	it('refuses to judge a file it cannot read', () => {
		expect(() => judge({ 'src/core/a.ts': 'export const = ;' })).toThrow('src/core/a.ts does not parse');
	});
});

describe('cycles', () => {
	const link = (names: readonly string[], statement: (next: string) => string) =>
		Object.fromEntries(
			names.map((name, index) => [`src/core/${name}.ts`, statement(names[(index + 1) % names.length] ?? '')]),
		);

	it.each([
		['a file and itself', ['a'], (next: string) => `import './${next}.ts';`],
		['two files', ['a', 'b'], (next: string) => `import './${next}.ts';`],
		['five files', ['a', 'b', 'c', 'd', 'e'], (next: string) => `export * from './${next}.ts';`],
		['types alone', ['a', 'b', 'c'], (next: string) => `import type { X } from './${next}.ts';`],
		['import()', ['a', 'b'], (next: string) => `import('./${next}.ts');`],
		['inline types', ['a', 'b'], (next: string) => `type X = import('./${next}.ts').X;`],
	] as const)('finds one of %s, once', (_title, names, statement) => {
		const found = judge(link(names, statement));
		expect(found.map(({ rule }) => rule)).toEqual(['cycle']);
		for (const name of names) expect(found[0]?.message).toContain(`src/core/${name}.ts`);
	});

	it('does not take two ways to one file for a cycle', () => {
		const seed = { 'src/core/a.ts': "import './b.ts';import './c.ts';", 'src/core/b.ts': "import './c.ts';" };
		expect(judge({ ...seed, 'src/core/c.ts': ENOUGH })).toEqual([]);
	});

	it('finds services that import each other through different files', () => {
		const seed = {
			'src/observers/a.ts': "import '../memory/a.ts';",
			'src/memory/a.ts': ENOUGH,
			'src/memory/b.ts': "import '../sessions/a.ts';",
			'src/sessions/a.ts': "import '../observers/b.ts';",
			'src/observers/b.ts': ENOUGH,
		};
		const found = judge(seed);
		expect(found.map(({ rule }) => rule)).toEqual(['service_cycle']);
		expect(found[0]?.message).toBe('these services import each other: memory, observers, sessions');
	});
});

describe('this house', () => {
	it('keeps the rules', () => {
		const files = sourceFiles(['src', 'commands']);
		expect(files.size).toBeGreaterThan(10);
		expect(violations(files)).toEqual([]);
	});
});
