import { createAnthropicBackend } from '../../../../../src/adapters/backends/anthropic.ts';
import type { MakeBackend } from '../../../../contracts/backend-bench.ts';
import { backendContract } from '../../../../contracts/backend-contract.ts';
import { independentProviderContract } from '../../../../contracts/independent-provider-contract.ts';

const make: MakeBackend = (baseUrl, { settings, services }) =>
	createAnthropicBackend(
		{ ...settings, type: 'anthropic', provider: 'anthropic', model: 'claude-opus-4-8', baseUrl },
		services,
	);

backendContract('anthropic', make, {
	overloadedCode: 'overloaded_error',
	tooLong: { code: 'invalid_request_error', message: 'prompt is too long: 201000 tokens > 200000 maximum' },
});

independentProviderContract('anthropic', make);
