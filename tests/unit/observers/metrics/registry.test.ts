import { expect, it } from 'vitest';
import { createRegistry } from '../../../../src/observers/metrics/registry.ts';

it('writes what Prometheus reads: escaped labels, buckets that add up, what was not measured by its name', () => {
	const registry = createRegistry();
	registry.counter('unused_total', 'Nobody counts it.');
	const asked = registry.counter('asked_total', 'Questions.');
	const took = registry.histogram('took_seconds', 'How long.', [0.1, 1]);
	registry.gauge('open', 'Open now.', () => [[{ state: 'busy' }, 3]]);
	asked.add({ team: 'a "b"\\\nc' });
	asked.add({ team: 'a "b"\\\nc' }, 2);
	for (const value of [0.05, 0.1, 0.5, 7]) took.record({}, value);
	expect(registry.text().split('\n')).toEqual([
		'# HELP unused_total Nobody counts it.',
		'# TYPE unused_total counter',
		'# HELP asked_total Questions.',
		'# TYPE asked_total counter',
		'asked_total{team="a \\"b\\"\\\\\\nc"} 3',
		'# HELP took_seconds How long.',
		'# TYPE took_seconds histogram',
		'took_seconds_bucket{le="0.1"} 2',
		'took_seconds_bucket{le="1"} 3',
		'took_seconds_bucket{le="+Inf"} 4',
		'took_seconds_sum 7.65',
		'took_seconds_count 4',
		'# HELP open Open now.',
		'# TYPE open gauge',
		'open{state="busy"} 3',
		'',
	]);
});

it('counts what has too many names together, so that it takes no more memory', () => {
	const registry = createRegistry();
	const asked = registry.counter('asked_total', 'Questions.');
	for (let one = 0; one < 5_000; one += 1) asked.add({ model: `m${one}`, team: 't' });
	const lines = registry.text().split('\n');
	expect(lines.length).toBeLessThan(510);
	expect(lines).toContain('asked_total{model="other",team="other"} 4500');
});

it('refuses a second metric of the same name', () => {
	const registry = createRegistry();
	registry.counter('asked_total', 'Questions.');
	expect(() => registry.histogram('asked_total', 'Again.', [1])).toThrow('defined twice');
});
