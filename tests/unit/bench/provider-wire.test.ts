import { describe, expect, it } from 'vitest';
import { atOnce, scriptFor } from '../../../bench/provider-script.ts';
import { framesOf, microseconds, stampedFrame } from '../../../bench/provider-wire.ts';

const finalFrames = (stamped: boolean) => {
	const behaviour = { ...atOnce, finalTokens: 3, tokensPerChunk: 1, stamped };
	return framesOf(scriptFor({ model: 'sim-a1' }, '', behaviour), 'sim-a1', false);
};
const wordIn = (frame: Buffer) => /"content":"(\w+) "/.exec(frame.toString())?.[1];

describe('a stamped final', () => {
	it('says in each word when it was sent, and keeps its length', () => {
		const before = microseconds();
		for (const frame of finalFrames(true)) {
			const sent = stampedFrame(frame);
			expect(sent).toHaveLength(frame.length);
			const at = BigInt(wordIn(sent) ?? '0');
			expect(at >= before && at <= microseconds()).toBe(true);
			expect(wordIn(frame)).toMatch(/^0+$/);
		}
	});

	it('leaves everything else alone', () => {
		for (const frame of finalFrames(false)) expect(stampedFrame(frame)).toBe(frame);
	});
});
