import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../../../src/observers/metrics/registry.ts';
import { createRunMetrics } from '../../../../src/observers/metrics/run-metrics.ts';
import { actingAgent, hang, ordinaryAct, ordinaryOutcome } from '../../../support/acting-agent.ts';
import { seriesIn } from '../../../support/metrics-text.ts';
import { runWorld, teamOf } from '../../../support/run-world.ts';

function measured() {
	const registry = createRegistry();
	const metrics = createRunMetrics(registry);
	const audience = { publish: metrics.observe, canAsk: false };
	return { metrics, audience, value: (series: string) => seriesIn(registry.text(), series) };
}

/** A run of two of whom the second hangs while `held` says so. */
function heldWorld(held: () => boolean) {
	const agents = [
		actingAgent('ann', ordinaryAct('ann')),
		actingAgent('bob', (turn, signal) => (held() ? hang(signal) : ordinaryOutcome(turn, 'bob'))),
	];
	return runWorld(agents);
}

describe('the metrics of runs', () => {
	it('count a run that one process begins and another one ends once, each process what it did', async () => {
		let held = true;
		const world = heldWorld(() => held);
		const run = await world.ask(teamOf(['ann', 'bob']));
		const first = measured();
		for (const event of world.events) first.audience.publish(event);
		await expect.poll(() => world.of('answer_given')).toHaveLength(1);
		await world.runs.close();

		held = false;
		const next = runWorldOver(world.store);
		const second = measured();
		const taken = await next.runs.resume(run.id, second.audience);
		expect(second.value('massgen_runs_active{state="working"}')).toBe(1);
		expect(second.value('massgen_turns_active')).toBeGreaterThan(0);
		await taken.done;
		expect(second.value('massgen_runs_started_total{team="test"}')).toBeNull();
		expect(second.value('massgen_runs_resumed_total')).toBe(1);
		expect(second.value('massgen_runs_finished_total{team="test",outcome="answered"}')).toBe(1);
		// Ann's answer was the first process's; Bob's, two votes and the presentation are this one's.
		expect(second.value('massgen_turns_total{kind="answer",outcome="answered"}')).toBe(1);
		expect(second.value('massgen_turns_total{kind="evaluate",outcome="voted"}')).toBe(2);
		expect(second.value('massgen_turns_total{kind="present",outcome="presented"}')).toBe(1);
		const model = 'gen_ai_provider_name="acting",gen_ai_request_model="acting-1"';
		const chat = `gen_ai_operation_name="chat",${model}`;
		expect(second.value(`massgen_model_cost_usd_total{${chat}}`)).toBeCloseTo(4 * 5e-6, 10);
		expect(second.value(`gen_ai_client_inference_usage_input_tokens_total{${chat}}`)).toBe(400);
		expect(second.value(`gen_ai_client_inference_usage_output_tokens_total{${chat}}`)).toBe(40);
		expect(second.value('massgen_runs_active{state="working"}')).toBe(0);
		expect(second.value('massgen_turns_active')).toBe(0);
	});

	it('forget a run that this process holds no longer', async () => {
		const world = heldWorld(() => true);
		const run = await world.ask(teamOf(['ann', 'bob']));
		const { metrics, value } = measured();
		for (const event of world.events) metrics.observe(event);
		expect(value('massgen_runs_active{state="working"}')).toBe(1);
		metrics.left(run.id);
		expect(value('massgen_runs_active{state="working"}')).toBe(0);
		await world.runs.close();
	});

	it('time calls of tools, those that overlap and those that failed', () => {
		const { metrics, value } = measured();
		const world = { run: 'r', agent: 'ann', attempt: 1, tool: 'docs__read', label: 'read' };
		metrics.observe({ ...started, run: 'r' });
		metrics.observe({ type: 'tool_started', at: 1_000, ...world });
		metrics.observe({ type: 'tool_started', at: 2_000, ...world });
		metrics.observe({ type: 'tool_finished', at: 4_000, isError: false, ...world });
		metrics.observe({ type: 'tool_finished', at: 4_000, isError: true, ...world });
		const tool = 'gen_ai_tool_name="docs__read"';
		expect(value(`gen_ai_execute_tool_duration_seconds_sum{${tool}}`)).toBe(3);
		expect(value(`gen_ai_execute_tool_duration_seconds_sum{${tool},error_type="tool_error"}`)).toBe(2);
	});
});

const started = {
	type: 'run_started' as const,
	seq: 1,
	at: 0,
	session: 'test:t:c:1',
	question: 'Why?',
	retryOf: null,
	askedBy: null,
	team: 'test',
	members: [{ id: 'ann', model: 'acting-1', name: 'agent1' }],
	rules: teamOf(['ann']).rules,
};

const runWorldOver = (store: ReturnType<typeof runWorld>['store']) =>
	runWorld([actingAgent('ann', ordinaryAct('ann')), actingAgent('bob', ordinaryAct('bob'))], { store });
