import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelSessionId, decodeSessionId, encodeSessionId, isChannel } from '../../../src/core/session-id.ts';

const part = fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }).map((text) => text.slice(0, 200));
const address = fc.record({ platform: part, tenant: part, channel: part, thread: part });

describe('a session id', () => {
	it('is one string that gives its address back, whatever the parts hold', () => {
		fc.assert(
			fc.property(address, (given) => {
				const id = encodeSessionId(given);
				expect(id).not.toMatch(/\s/);
				const wellFormed = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, text.toWellFormed()]));
				expect(decodeSessionId(id)).toEqual(wellFormed);
			}),
		);
	});

	it('of different addresses differs', () => {
		const id = (channel: string, thread: string) =>
			encodeSessionId({ platform: 'slack', tenant: 'T1', channel, thread });
		expect(id('a:b', 'c')).not.toBe(id('a', 'b:c'));
	});

	it.each(['', 'a', 'a:b:c', 'a:b:c:d:e', 'a::c:d', 'a:b:c:%zz'])('refuses %j', (text) => {
		expect(() => decodeSessionId(text)).toThrow(/not a session id/);
	});

	it.each(['', 'x'.repeat(201)])('refuses a part of a wrong length', (tenant) => {
		expect(() => encodeSessionId({ platform: 'p', tenant, channel: 'c', thread: 't' })).toThrow(/1 to 200/);
	});

	it('of a channel as a whole is told from those of its threads', () => {
		const address = { platform: 'discord', tenant: '1', channel: '2' };
		expect(isChannel(channelSessionId(address))).toBe(true);
		expect(isChannel(encodeSessionId({ ...address, thread: '3' }))).toBe(false);
	});
});
