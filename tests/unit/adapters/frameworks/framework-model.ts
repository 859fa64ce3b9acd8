import { afterAll, beforeAll } from 'vitest';
import type { ContractReply } from '../../../contracts/agent-contract.ts';
import type { Fault, ProviderCall, Reply } from '../../../platforms/model-provider/reply.ts';
import { type ModelProvider, startModelProvider } from '../../../platforms/model-provider/server.ts';

/**
 * A provider for the agents of a framework, at the address `FRAMEWORK_MODEL_URL`, which the modules of
 * `tests/fixtures/frameworks/` read. The n-th of `replies` follows the n-th assistant message.
 */
export function frameworkModel() {
	let provider: ModelProvider | null = null;
	let replies: readonly ContractReply[] = [];
	let before = 0;
	beforeAll(async () => {
		provider = await startModelProvider({
			reply(call) {
				const said = call.messages.filter(({ role }) => role === 'assistant').length;
				return wireReply(replies[said] ?? {}, call);
			},
		});
		process.env.FRAMEWORK_MODEL_URL = provider.url;
	});
	afterAll(async () => {
		delete process.env.FRAMEWORK_MODEL_URL;
		await provider?.close();
	});
	const calls = () => provider?.calls ?? [];
	return {
		script(next: readonly ContractReply[]) {
			replies = next;
			before = calls().length;
		},
		/** Since the last script. */
		calls: () => calls().slice(before),
		refusals: () => provider?.refusals ?? [],
	};
}

/** A call is one of the model's where its request has such a tool, and else one in writing. */
function wireReply({ text, calls = [], failure, hang, action }: ContractReply, { tools }: ProviderCall): Reply {
	const isTool = ({ name }: { name: string }) => tools.some((tool) => tool.name === name);
	const written = calls
		.filter((call) => !isTool(call))
		.map((call) => `{"call": "${call.name}", "arguments": ${call.arguments}}`);
	const toolCalls = calls.filter(isTool);
	if (action !== undefined) toolCalls.push({ name: action.name, arguments: JSON.stringify(action.input) });
	const whole = [text ?? '', ...written].filter((part) => part !== '').join('\n');
	return {
		text: whole,
		usage: { input: 7, output: 3 },
		...(toolCalls.length === 0 ? {} : { toolCalls }),
		...faultOf(failure, hang),
	};
}

function faultOf(failure: ContractReply['failure'], hang: true | undefined): { fault?: Fault } {
	if (hang) return { fault: { type: 'hang', afterFrames: 1 } };
	if (failure === undefined) return {};
	return { fault: { type: 'status', status: failure.retryable ? 503 : 401 } };
}
