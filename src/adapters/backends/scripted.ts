import type { Backend, BackendEvent, BackendRequest } from '../../core/backend.ts';
import type { BackendSettings } from '../../core/backend-settings.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { type Usage, unknownUsage } from '../../core/usage.ts';
import { callsOf, createFilling } from './scripted/calls.ts';
import { chooseStep } from './scripted/choose.ts';
import { paced } from './scripted/pace.ts';
import { readPrompt } from './scripted/prompt.ts';
import { parseScript, type Script, type Step } from './scripted/script.ts';

export interface ScriptedServices {
	clock: Clock;
	/** From 0 up to 1. Decides on pauses only, never on content. */
	random: () => number;
}

/**
 * A backend that follows `settings.script` and calls no model, for demonstrations and tests.
 * Rejects with `config_invalid` when the script is not valid.
 */
export async function createScriptedBackend(settings: BackendSettings, services: ScriptedServices): Promise<Backend> {
	const script = parseScript(settings.script);
	return {
		name: 'scripted',
		provider: settings.provider,
		model: settings.model === '' ? 'scripted' : settings.model,
		stream: (request, signal) => follow(script, request, services, signal),
	};
}

async function* follow(
	script: Script,
	request: BackendRequest,
	services: ScriptedServices,
	signal: AbortSignal,
): AsyncGenerator<BackendEvent, void> {
	const prompt = readPrompt(request);
	const step = chooseStep(script[request.kind] ?? [], prompt);
	if (step === null) {
		const message = `The script has no step of kind "${request.kind}" whose conditions hold here. Add one without "when".`;
		yield { type: 'failed', failure: 'request_invalid', retryable: false, message, usage: unknownUsage };
		return;
	}
	const filling = createFilling(prompt, script);
	try {
		signal.throwIfAborted();
		const delay = delayOf(step, services.random);
		if (delay > 0) await sleep(services.clock, delay, signal);
		for (const name of step.provider_tool ?? []) {
			yield { type: 'provider_tool_started', name };
			yield { type: 'provider_tool_finished', name };
		}
		const write = (text: string) => paced(text, step.tokens_per_second, services.clock, signal);
		for await (const text of write(filling(step.text ?? ''))) yield { type: 'text_delta', text };
		const calls = callsOf(step, prompt, script, filling);
		for (const call of calls) {
			yield { type: 'tool_call_started', id: call.id, name: call.name };
			for await (const _ of write(call.arguments)) signal.throwIfAborted();
			yield { type: 'tool_called', ...call };
		}
		if (step.hang) await untilAborted(signal);
		signal.throwIfAborted();
		yield lastOf(step, calls.length > 0);
	} catch (thrown) {
		if (!signal.aborted) throw thrown;
		yield {
			type: 'failed',
			failure: 'aborted',
			retryable: true,
			message: 'The call was stopped.',
			usage: usageOf(step),
		};
	}
}

function lastOf(step: Step, called: boolean): BackendEvent {
	const usage = usageOf(step);
	if (step.fail !== undefined) return { type: 'failed', ...step.fail, usage };
	const ended = called ? 'tool_calls' : 'stop';
	return { type: 'finished', reason: step.cut ? 'length' : ended, usage };
}

function usageOf({ usage }: Step): Usage {
	return {
		inputTokens: usage.input,
		cachedInputTokens: usage.cached,
		outputTokens: usage.output,
		reasoningTokens: usage.reasoning,
	};
}

function delayOf({ delay_ms: delay = 0 }: Step, random: () => number): number {
	if (typeof delay === 'number') return delay;
	const [least, most] = delay;
	return least + Math.round(random() * (most - least));
}

function untilAborted(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		if (signal.aborted) return reject(signal.reason);
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}
