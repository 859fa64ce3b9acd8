import { createGeminiBackend } from '../../../../../src/adapters/backends/gemini.ts';
import type { MakeBackend } from '../../../../contracts/backend-bench.ts';
import { backendContract } from '../../../../contracts/backend-contract.ts';
import { independentProviderContract } from '../../../../contracts/independent-provider-contract.ts';

const make =
	(model: string, path = ''): MakeBackend =>
	(origin, { settings, services }) =>
		createGeminiBackend(
			{ ...settings, type: 'gemini', provider: 'gemini', model, baseUrl: `${origin}${path}` },
			services,
		);

for (const model of ['gemini-2.5-flash', 'gemini-3.5-flash']) {
	backendContract(model, make(model), {
		textArguments: false,
		overloadedCode: 'UNAVAILABLE',
		tooLong: {
			code: 'INVALID_ARGUMENT',
			message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
		},
	});
}

independentProviderContract('gemini', make('gemini-3.5-flash', '/v1beta'));
