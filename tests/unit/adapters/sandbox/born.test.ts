import { describe, expect, it } from 'vitest';
import { born } from '../../../../src/adapters/sandbox/docker/engine.ts';

const stillborn = () => new Error('(HTTP code 500) server error - cannot start a stopped process: unknown');

/** What makes a container, and fails so many times in this way. */
function birth(failures: number, error = stillborn()) {
	const done: string[] = [];
	let left = failures;
	const begin = async () => {
		done.push('begin');
		left -= 1;
		if (left >= 0) throw error;
		return 'alive';
	};
	const clear = async () => void done.push('clear');
	return { done, result: born(begin, clear) };
}

describe('a container whose first process never came to life', () => {
	it('is made anew, after it was removed', async () => {
		const { done, result } = birth(2);
		expect(await result).toBe('alive');
		expect(done).toEqual(['begin', 'clear', 'begin', 'clear', 'begin']);
	});

	it('is given up after the third time', async () => {
		const { done, result } = birth(3);
		await expect(result).rejects.toThrow('cannot start a stopped process');
		expect(done.filter((step) => step === 'begin')).toHaveLength(3);
	});

	it('is not made anew for any other reason', async () => {
		const { done, result } = birth(1, new Error('no space left on device'));
		await expect(result).rejects.toThrow('no space left');
		expect(done).toEqual(['begin']);
	});
});
