import { describe, expect, it, onTestFinished } from 'vitest';
import { createDiscordClient } from '../../../../../src/adapters/gateways/discord/discord-client.ts';

/** What the client does with the data of somebody who writes in a server. */
interface Adding {
	_add(data: object): { id: string };
}

describe('what the client remembers', () => {
	it('does not grow with the people that it hears', async () => {
		const client = await createDiscordClient({ token: 'x', api: null, messageContent: false, shards: 'auto' });
		onTestFinished(() => client.destroy());
		const guild = (client.guilds as unknown as Adding)._add({ id: '1', unavailable: false, name: 'Alpha' });
		const { members } = client.guilds.cache.get(guild.id) ?? expect.unreachable();
		for (let id = 2; id < 5_000; id += 1) {
			const user = { id: String(id), username: `user-${id}`, discriminator: '0', avatar: null };
			(client.users as unknown as Adding)._add(user);
			(members as unknown as Adding)._add({ user, roles: [] });
		}
		expect(client.users.cache.size).toBeLessThanOrEqual(1_000);
		expect(members.cache.size).toBeLessThanOrEqual(100);
	});
});
