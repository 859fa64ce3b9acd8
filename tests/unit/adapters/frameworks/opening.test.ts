import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ExternalPlace, externalFindings, openExternalAgent } from '../../../../src/app/open-frameworks.ts';
import { configuredTeam } from '../../../../src/config/configured-team.ts';
import type { ExternalEvent } from '../../../../src/core/external-agent.ts';
import type { ModuleSettings } from '../../../../src/core/external-settings.ts';
import { rulesSchema } from '../../../../src/core/team.ts';
import { systemClock } from '../../../../src/system-clock.ts';
import { folderOf } from '../../config/check.ts';

const nowhere: ExternalPlace = {
	...{ run: 'run-1', sandbox: null, released: (user) => user },
	...{ clock: systemClock, random: () => 0 },
};

const files = {
	'fails.ts': "throw new Error('no database');",
	'other.ts': "export const agent = { name: 'no agent' };\nexport function maker() { throw new Error('no key'); }",
	'alone.ts': "import 'a-package-that-is-not-there';",
};

it.each<[string, Partial<ModuleSettings>, string]>([
	['that fails', { module: 'fails.ts' }, 'cannot be loaded: no database'],
	['that is not there', { module: 'gone.ts' }, 'cannot be loaded: '],
	['whose package is missing', { module: 'alone.ts' }, 'a-package-that-is-not-there'],
	['without the export', { module: 'other.ts', export: 'graph' }, 'has no export graph'],
	['with something else', { module: 'other.ts' }, 'exports agent, which is not a compiled graph of LangGraph'],
	['for another framework', { module: 'other.ts', type: 'openai_agents' }, 'is not an Agent of the OpenAI Agents SDK'],
	['whose function fails', { module: 'other.ts', export: 'maker' }, 'failed: no key'],
])('a module %s fails its turns, and the doctor says why', async (_, given, message) => {
	const folder = await folderOf(files);
	const settings: ModuleSettings = {
		...{ type: 'langgraph', export: 'agent', ownTools: null, model: null, ...given },
		module: join(folder, given.module ?? ''),
	};
	const agent = await openExternalAgent(settings, nowhere);
	const request = { run: 'r', agent: 'a', instructions: '', messages: [], tools: [], resume: null };
	const events: ExternalEvent[] = [];
	for await (const event of agent.reply(request, new AbortController().signal)) events.push(event);
	const failure = { type: 'failed', failure: 'request_invalid', retryable: false };
	expect(events).toMatchObject([{ ...failure, message: expect.stringContaining(message) }]);
	const team = configuredTeam({
		...{ name: 't', description: '', rules: rulesSchema.parse({}), agents: new Map(), order: ['a'] },
		externals: new Map([['a', { systemMessage: '', settings }]]),
	});
	expect(await externalFindings(team)).toMatchObject([{ level: 'error', what: expect.stringContaining(message) }]);
});
