import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BoundCall, definitionOf, digestOf } from '../../../src/approvals/digest.ts';
import type { Tool } from '../../../src/core/tool.ts';
import { tool } from './approval-world.ts';

const bound: BoundCall = {
	session: 'discord:g1:c1:t1',
	run: 'r1',
	requester: { platform: 'discord', tenant: 'g1', user: 'ada' },
	agent: 'a',
	callId: 'c1',
	question: 'run',
	source: 'mail',
	tool: 'mail__send',
	effects: 'irreversible',
	fingerprint: 'f1',
	definition: 'd1',
	proposed: '{"to":"a"}',
	arguments: '{"to":"a"}',
	revision: 1,
	policy: 'p1',
};

describe('the digest of a call', () => {
	it.each<[keyof BoundCall, unknown]>([
		['session', 'discord:g1:c2:t1'],
		['run', 'r2'],
		['requester', { platform: 'discord', tenant: 'g1', user: 'ben' }],
		['requester', null],
		['agent', 'b'],
		['callId', 'c2'],
		['question', 'outcome'],
		['source', 'post'],
		['tool', 'mail__delete'],
		['effects', 'external'],
		['fingerprint', 'f2'],
		['definition', 'd2'],
		['proposed', '{"to":"b"}'],
		['arguments', '{"to":"b"}'],
		['revision', 2],
		['policy', 'p2'],
	])('case 2: is another one for another %s', (name, value) => {
		expect(digestOf({ ...bound, [name]: value })).not.toBe(digestOf(bound));
	});

	it('covers everything that a bound call has', () => {
		const texts = fc.record({
			...Object.fromEntries(Object.keys(bound).map((name) => [name, fc.string({ unit: 'grapheme' })])),
			revision: fc.nat(),
			requester: fc.option(fc.record({ platform: fc.string(), tenant: fc.string(), user: fc.string() })),
		}) as unknown as fc.Arbitrary<BoundCall>;
		fc.assert(
			fc.property(texts, texts, (one, other) => {
				const isSame = JSON.stringify(one) === JSON.stringify(other);
				expect(digestOf(one) === digestOf(other)).toBe(isSame);
				expect(digestOf({ ...one })).toBe(digestOf(one));
			}),
		);
	});

	it.each<[string, Partial<Tool>]>([
		['effects', { effects: 'external' }],
		['openness', { openWorld: true }],
		['idempotence', { idempotent: true }],
		['fingerprint', { fingerprint: 'f2' }],
		['schema', { parameters: { type: 'object' } }],
		['description', { description: 'Other.' }],
	])('case 2: what is known of a tool is other facts with another %s', (_, more) => {
		expect(definitionOf(tool(more)).key).not.toBe(definitionOf(tool()).key);
	});

	it('is the same for the same facts in another order, whatever the label says', () => {
		const { name, parameters, ...rest } = tool({ label: 'other' });
		expect(definitionOf({ parameters, ...rest, name }).key).toBe(definitionOf(tool()).key);
	});
});
