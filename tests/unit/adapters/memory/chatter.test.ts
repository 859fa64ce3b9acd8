import { describe, expect, it } from 'vitest';
import { isChatter } from '../../../../src/adapters/memory/mem0/chatter.ts';
import labelled from '../../../fixtures/memory/labelled.json' with { type: 'json' };

/**
 * 115 sentences of our own, labelled by hand, as a model might hand them over as memories. It measures the rule that
 * stands behind the instructions, not a model: what a model itself leaves out comes on top.
 */
describe('what is no memory', () => {
	const kept = labelled.filter(({ text }) => !isChatter(text));
	const junk = kept.filter(({ keep }) => !keep);
	const lost = labelled.filter(({ text, keep }) => keep && isChatter(text));

	it('is under 5 % of what is kept', () => {
		expect(labelled.length).toBeGreaterThanOrEqual(60);
		expect(junk.length / kept.length, junk.map(({ text }) => text).join('\n')).toBeLessThan(0.05);
	});

	it('takes nearly nothing with it that should be kept', () => {
		const all = labelled.filter(({ keep }) => keep).length;
		expect(lost.length / all, lost.map(({ text }) => text).join('\n')).toBeLessThan(0.05);
	});
});
