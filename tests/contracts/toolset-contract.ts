import { describe, expect, it } from 'vitest';
import type { CallOptions, Toolset, ToolsetTurn } from '../../src/core/tool.ts';

/** A turn like any other. */
const anyTurn: ToolsetTurn = { kind: 'answer', question: 'Q', seen: [], files: null, attachments: [], plan: [] };

export interface ToolsetUnderTest {
	toolset: Toolset;
	/** A tool that gives back `text` of its arguments. */
	echo: string;
	/** A tool that fails by itself. */
	failing: string;
	/** A tool that does not end before it is stopped. */
	endless: string;
	/** What the three are called with, where that is not `text` for the first and nothing for the others. */
	inputs?: { echo(text: string): unknown; failing: unknown; endless: unknown };
	/** Resolves when the endless tool has been called. */
	started(): Promise<unknown>;
	/** Resolves when it has been told to stop. */
	stopped(): Promise<unknown>;
}

/** What every source of tools keeps to. `make` is called once for each test. */
export function toolsetContract(name: string, make: () => Promise<ToolsetUnderTest>): void {
	const unstopped = (signal = new AbortController().signal): CallOptions => ({
		signal,
		effectKey: 'test',
		progress() {},
	});

	describe(`toolset contract: ${name}`, () => {
		it('lists tools that every provider takes', async () => {
			const { toolset, echo, failing, endless } = await make();
			const tools = await toolset.tools(anyTurn);
			expect(tools.map((tool) => tool.name)).toEqual(expect.arrayContaining([echo, failing, endless]));
			expect(new Set(tools.map((tool) => tool.name)).size).toBe(tools.length);
			for (const tool of tools) {
				expect(tool.name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
				expect(tool.parameters).toMatchObject({ type: 'object' });
				expect(['none', 'workspace', 'external', 'irreversible']).toContain(tool.effects);
				expect(tool.label.length).toBeGreaterThan(0);
				expect(tool.label.length).toBeLessThanOrEqual(80);
			}
		});

		it('calls a tool with its arguments, several at the same time', async () => {
			const { toolset, echo, inputs } = await make();
			await toolset.tools(anyTurn);
			const texts = ['one', 'two', 'three'];
			const results = await Promise.all(
				texts.map((text) => toolset.call(echo, inputs?.echo(text) ?? { text }, unstopped())),
			);
			expect(results.map(({ isError }) => isError)).toEqual([false, false, false]);
			for (const [index, result] of results.entries()) expect(result.text).toContain(texts[index]);
		});

		it('gives the failure of a tool as a result that says so', async () => {
			const { toolset, failing, inputs } = await make();
			await toolset.tools(anyTurn);
			const result = await toolset.call(failing, inputs?.failing ?? {}, unstopped());
			expect(result.isError).toBe(true);
			expect(result.text.length).toBeGreaterThan(0);
		});

		it.each([
			['text', 'text'],
			['nothing', undefined],
			['a list', [1]],
		])('takes %s for arguments without harm', async (_, input) => {
			const { toolset, echo } = await make();
			await toolset.tools(anyTurn);
			expect(await toolset.call(echo, input, unstopped())).toMatchObject({ isError: true });
		});

		it('has no tool that it does not list', async () => {
			const { toolset } = await make();
			await toolset.tools(anyTurn);
			expect(await toolset.call('constructor', {}, unstopped())).toMatchObject({ isError: true });
		});

		it('stops a call when it is told to', async () => {
			const { toolset, endless, inputs, started, stopped } = await make();
			await toolset.tools(anyTurn);
			const controller = new AbortController();
			const call = toolset.call(endless, inputs?.endless ?? {}, unstopped(controller.signal)).catch(() => 'rejected');
			await started();
			controller.abort();
			await call;
			await stopped();
		});

		it('closes more than once without harm', async () => {
			const { toolset } = await make();
			await toolset.tools(anyTurn);
			await toolset.close();
			await toolset.close();
		});
	});
}
