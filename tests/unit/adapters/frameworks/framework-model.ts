import { afterAll, beforeAll } from 'vitest';
import type { ContractReply } from '../../../contracts/agent-contract.ts';
import type { Fault, Reply } from '../../../platforms/model-provider/reply.ts';
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
				return wireReply(replies[said] ?? {});
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

function wireReply({ text, calls = [], failure, hang, action }: ContractReply): Reply {
	const written = calls.map((call) => `{"call": "${call.name}", "arguments": ${call.arguments}}`);
	const whole = [text ?? '', ...written].filter((part) => part !== '').join('\n');
	return {
		text: whole,
		usage: { input: 7, output: 3 },
		...(action === undefined ? {} : { toolCalls: [{ name: action.name, arguments: action.input }] }),
		...faultOf(failure, hang),
	};
}

function faultOf(failure: ContractReply['failure'], hang: true | undefined): { fault?: Fault } {
	if (hang) return { fault: { type: 'hang', afterFrames: 1 } };
	if (failure === undefined) return {};
	return { fault: { type: 'status', status: failure.retryable ? 503 : 401 } };
}
