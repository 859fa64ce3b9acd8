import { afterEach, expect, it } from 'vitest';
import { startBolt } from './bolt-app.ts';
import { type FakeSlack, startFakeSlack } from './fake-slack.ts';

let slack: FakeSlack;
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end();
});

async function start(options: Parameters<typeof startFakeSlack>[0] = {}) {
	slack = await startFakeSlack(options);
	ends.push(() => slack.close());
	const bolt = await startBolt(slack, 'socket');
	ends.push(() => bolt.stop());
	return bolt;
}

it('acknowledges a command with words that only the person sees', async () => {
	const { app } = await start();
	app.command('/massgen', async ({ ack, command }) => ack(`got ${command.text}`));
	const ada = slack.person('T1', 'U1');
	const { delivery, shown } = await ada.command('C1', '/massgen', 'ask why');
	expect(shown).toBe('got ask why');
	expect(delivery.ackMs).toBeLessThan(3000);
	expect(ada.ephemerals('C1').map(({ text }) => text)).toEqual(['got ask why']);
	expect(slack.messages('T1', 'C1')).toEqual([]);
	expect(slack.violations).toEqual([]);
});
