import { afterEach, describe, expect, it, vi } from 'vitest';
import { interruptible } from '../../../src/cli/interrupt.ts';

const listeners = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
const before = listeners();
afterEach(() => {
	vi.restoreAllMocks();
	expect(listeners()).toBe(before);
});

/** Work that ends when it is told to. */
function work() {
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	return { run: () => promise, resolve, reject };
}

describe('an interruptible piece of work', () => {
	it.each(['SIGINT', 'SIGTERM'] as const)('is suspended at %s, and comes to its own end', async (signal) => {
		const { run, resolve } = work();
		const suspend = vi.fn(async () => resolve('suspended'));
		const result = interruptible(run, suspend);
		process.emit(signal);
		expect(await result).toBe('suspended');
		expect(suspend).toHaveBeenCalledTimes(1);
	});

	it('ends by itself when nobody interrupts it', async () => {
		const suspend = vi.fn(async () => {});
		expect(await interruptible(async () => 'done', suspend)).toBe('done');
		await expect(interruptible(() => Promise.reject(new Error('broken')), suspend)).rejects.toThrow('broken');
		expect(suspend).not.toHaveBeenCalled();
	});

	it('is left at once at the second signal, with the exit code of an interrupt', async () => {
		const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
			throw new Error(`exit ${code}`);
		});
		const { run, resolve } = work();
		const suspend = vi.fn(async () => {});
		const result = interruptible(run, suspend);
		process.emit('SIGINT');
		expect(() => process.emit('SIGTERM')).toThrow('exit 4');
		expect(exit).toHaveBeenCalledTimes(1);
		expect(suspend).toHaveBeenCalledTimes(1);
		resolve('late');
		await result;
	});

	it('fails when it cannot be suspended, instead of waiting for ever', async () => {
		const { run } = work();
		const result = interruptible(run, () => Promise.reject(new Error('stuck')));
		process.emit('SIGINT');
		await expect(result).rejects.toThrow('stuck');
	});
});
