import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { createApp } from '../../../src/app.ts';
import type { ProviderCall, Reply } from '../../platforms/model-provider/reply.ts';
import { startModelProvider } from '../../platforms/model-provider/server.ts';
import { startBrowser } from '../../support/browser.ts';
import { temporaryFolder } from '../../support/command.ts';
import { createProcessSandbox } from '../../support/process-sandbox.ts';
import { requireService } from '../../support/services.ts';
import { answered, openTab } from '../../support/tab.ts';
import { teamPlayer } from '../../support/team-player.ts';

const TOOL = 'box__trigger-elicitation-request';
let browser: Browser | null = null;

beforeEach(async (context) => {
	requireService('chromium', context);
	browser ??= await startBrowser();
});
afterAll(() => browser?.close());

/** Has the server ask before it answers, and answers with what it was told. */
function curious(call: ProviderCall): Reply {
	const last = call.messages.at(-1);
	const names = new Set(call.tools.map(({ name }) => name));
	if (last?.role === 'tool') {
		return { toolCalls: [{ name: 'new_answer', arguments: { content: `The tool said: ${last.text}` } }] };
	}
	if (names.has('new_answer') && !names.has('vote') && names.has(TOOL)) {
		return { toolCalls: [{ name: TOOL, arguments: {} }] };
	}
	return teamPlayer('The tool said')(call);
}

/** The program with its page, a model and the reference server "everything". */
async function program() {
	const folder = await temporaryFolder();
	const provider = await startModelProvider({ reply: curious });
	const require = createRequire(import.meta.url);
	const entry = join(dirname(require.resolve('@modelcontextprotocol/server-everything/package.json')), 'dist/index.js');
	const file = join(folder.path, 'team.yaml');
	await writeFile(
		file,
		`agents:
  - id: gpt
    backend: { type: openai, model: gpt-5.4 }
mcp_servers:
  box:
    command: node
    args: ["${entry}", stdio]
    effects: { trigger-elicitation-request: none }
`,
	);
	const problems: string[] = [];
	const app = await createApp({
		file,
		flags: {},
		cwd: folder.path,
		env: {
			DATA_DIR: join(folder.path, 'data'),
			PORT: '0',
			OPENAI_API_KEY: 'k1',
			OPENAI_BASE_URL: `${provider.url}/v1`,
		},
		terminal: null,
		web: true,
		chats: false,
		observe: () => {},
		onProblem: (text) => problems.push(text),
		openStore: async () => createMemoryStore(),
		openSandbox: async () => createProcessSandbox(),
	});
	await app.listen();
	onTestFinished(async () => {
		await app.close();
		await provider.close();
		await folder.remove();
	});
	const tab = await openTab(browser, app.web?.address() ?? '');
	onTestFinished(() => tab.context().close());
	await tab.getByLabel('Your question').fill('Who am I?');
	await tab.getByLabel('Your question').press('Control+Enter');
	const form = tab.locator('.foreign-form');
	await form.waitFor();
	return { problems, tab, form };
}

describe('a tool of a real MCP server that asks a person', () => {
	it('is told what they answer at the page, and the run goes on with it', async () => {
		const { problems, tab, form } = await program();
		expect(await form.innerText()).toContain('box, a tool server, wants to know something from you.');
		await form
			.getByLabel(/^String/)
			.first()
			.fill('Ada of Ostend');
		await form.getByRole('button', { name: 'Send' }).click();
		await answered(tab);
		await tab.getByText('Answer of gpt').click();
		expect(await tab.getByRole('article').innerText()).toContain('Ada of Ostend');
		expect(problems).toEqual([]);
	}, 60_000);

	it('is told that they do not want to, and the run goes on', async () => {
		const { tab, form } = await program();
		await form.getByRole('button', { name: 'Do not answer' }).click();
		await answered(tab);
		await tab.getByText('Answer of gpt').click();
		expect(await tab.getByRole('article').innerText()).toMatch(/declin/i);
	}, 60_000);
});
