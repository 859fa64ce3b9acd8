import { describe, expect, it } from 'vitest';
import { channelSession, newSession, type Where } from '../../../../../src/adapters/gateways/discord/where.ts';
import { decodeSessionId, isChannel } from '../../../../../src/core/session-id.ts';

const asking = { id: 'm1', replyTo: null, locale: null, maxFileBytes: null };
const thread: Where = { guild: 'g', channel: 't', parent: 'c', kind: 'thread', permissions: 0n };
const channelOf = (session: string) => decodeSessionId(session).channel;

describe('a command in a thread that the bot does not know', () => {
	it('is about the channel of the questions that are asked there', () => {
		expect(channelOf(channelSession(thread))).toBe(channelOf(newSession(thread, asking)));
		const secret = { ...thread, parent: null };
		expect(channelOf(channelSession(secret))).toBe('t');
		expect(channelOf(newSession(secret, asking))).toBe('t');
	});

	it('is about none of the threads of that channel', () => {
		expect(isChannel(channelSession(thread))).toBe(false);
		expect(isChannel(channelSession({ ...thread, channel: 'c', parent: null, kind: 'text' }))).toBe(true);
	});
});
