import { describe, expect, it } from 'vitest';
import { messageOf } from '../../../../../src/adapters/gateways/discord/discord-spot.ts';
import { controlId } from '../../../../../src/adapters/gateways/shared/controls.ts';
import type { Channel } from '../../../../platforms/discord/world.ts';
import { finishedRun } from '../../../../support/run-events.ts';
import { boardMessage, discordStage, slotMessage, slotOf } from './discord-stage.ts';

const EDIT = 'PATCH /channels/:channel/messages/:message';

/** A run with a board and one answer. */
async function begun(form: 'text' | 'forum' = 'text') {
	const stage = await discordStage();
	const { discord, poster, bodyOf } = stage;
	const parent = discord.channel('Alpha', form === 'text' ? 'general' : 'questions');
	const session = await stage.ask(parent, form);
	const place = { session, run: 'run-1' };
	const board = (state: 'thinking' | 'answered') =>
		bodyOf(session, boardMessage({ rows: boardMessage().rows.map((row) => ({ ...row, state })) }));
	const slot = (text: string, agent = 'sage') => bodyOf(session, slotMessage(text, { agent }));
	const boardId = await poster.post(place, slotOf('board'), board('thinking'));
	const slotId = await poster.post(place, slotOf('slot:sage'), slot('First.'));
	const [thread] = discord.threads(parent);
	if (thread === undefined) throw new Error('there is no thread');
	const shown = (channel: Channel) => discord.transcript(channel);
	return { ...stage, parent, session, place, board, slot, boardId, slotId, thread, shown, ada: discord.person('Ada') };
}

const again = slotOf('slot:sage', true);

describe('an archived thread', () => {
	it('case 34: is opened for an edit; its board needs no thread', async () => {
		const { poster, place, ada, thread, slotId, boardId, slot, board, shown, parent } = await begun();
		ada.archive(thread);
		await poster.edit(place, slotOf('board', true), boardId, board('answered'));
		expect(thread.thread?.archived).toBe(true);
		expect(await poster.edit(place, again, slotId, slot('Second.'))).toBe(slotId);
		expect(thread.thread?.archived).toBe(false);
		expect(shown(parent)).toContain('Second.');
	});

	it('is opened to take a message away', async () => {
		const { poster, place, ada, thread, slotId, discord } = await begun();
		ada.archive(thread);
		await poster.remove(place, again, slotId);
		await poster.remove(place, again, slotId);
		expect(discord.messages(thread)).toEqual([]);
	});
});

describe('a closed thread', () => {
	it('case 34: is left for its channel, where the answer replies to the board', async () => {
		const { poster, place, ada, thread, discord, parent, slot, slotId, boardId, places, session } = await begun();
		ada.lock(thread);
		const other = await poster.post(place, slotOf('slot:other'), slot('Late.', 'other'));
		ada.archive(thread);
		const moved = await poster.edit(place, again, slotId, slot('Second.'));

		const [, ...beside] = discord.messages(parent);
		expect(beside.map(({ content }) => content.split('\n').at(-1))).toEqual(['Late.', 'Second.']);
		expect(beside.map(({ referenceId }) => referenceId)).toEqual(beside.map(() => messageOf(boardId).message));
		expect([other, moved].map((id) => messageOf(id).channel)).toEqual([parent.id, parent.id]);
		expect(await places.find(`${parent.id}/${messageOf(moved).message}`)).toBe(session);
	});

	it('in a forum has nothing else: the place is gone', async () => {
		const { poster, place, ada, thread, slot } = await begun('forum');
		ada.lock(thread);
		await expect(poster.post(place, slotOf('slot:other'), slot('Late.', 'other'))).rejects.toMatchObject({
			code: 'place_gone',
			userMessage: 'The thread is closed. Open it again, or ask in another one.',
		});
	});

	it('that was deleted: what comes goes into the channel', async () => {
		const { poster, place, ada, thread, slot, slotId, discord, parent } = await begun();
		ada.deleteChannel(thread);
		await expect(poster.edit(place, again, slotId, slot('Second.'))).rejects.toMatchObject({ code: 'message_gone' });
		await poster.post(place, slotOf('final'), slot('Result.'));
		expect(discord.messages(parent).at(-1)?.content).toContain('Result.');
	});
});

describe('a board that may not be edited any more', () => {
	it('case 33: is posted anew in the thread, works there, and the old one says so as soon as it can', async () => {
		const { poster, place, discord, clock, board, boardId, thread, controls, session, parent, shown } = await begun();
		const old = (id: string) => (request: { path: string }) => request.path.endsWith(messageOf(id).message);
		const worn = discord.fail({ route: EDIT, times: 99, where: old(boardId) }, { type: 'refuse', code: 30046 });
		const slot = slotOf('board', true);

		const fresh = await poster.edit(place, slot, boardId, board('answered'));

		expect(messageOf(fresh).channel).toBe(thread.id);
		expect(worn.used()).toBe(2);
		const stop = controlId({ session, run: 'run-1', action: 'stop', orchestration: null, agent: null });
		const tenant = discord.guildId('Alpha');
		expect(await controls.find(stop, { tenant, ...messageOf(fresh) })).not.toBeNull();
		expect(await controls.find(stop, { tenant, ...messageOf(boardId) })).toBeNull();
		worn.release();
		await poster.edit(place, slot, fresh, board('thinking'));
		expect(shown(parent)).not.toContain('goes on in a newer message');
		clock.advance(11 * 60_000);
		await poster.edit(place, slot, fresh, board('answered'));
		expect(shown(parent)).toContain('| This board goes on in a newer message: https://discord.com/channels/');
	});

	it('is posted anew once, although the receipt was lost', async () => {
		const { poster, place, discord, board, boardId, thread } = await begun();
		const old = ({ path }: { path: string }) => path.endsWith(messageOf(boardId).message);
		discord.fail({ route: EDIT, times: 99, where: old }, { type: 'refuse', code: 30046 });
		discord.fail({ route: 'POST /channels/:channel/messages', times: 4 }, { type: 'drop' });
		const slot = slotOf('board', true);
		await expect(poster.edit(place, slot, boardId, board('answered'))).rejects.toThrow();
		const fresh = await poster.edit(place, slot, boardId, board('answered'));
		expect(discord.messages(thread).map(({ id }) => id)).toContain(messageOf(fresh).message);
		expect(discord.messages(thread)).toHaveLength(2);
	});
});

describe('what people delete', () => {
	it('case 35: a board comes back once in the thread, and then no more', async () => {
		const { poster, place, discord, board, boardId, parent, thread, ada } = await begun();
		const [root] = discord.messages(parent);
		if (root) ada.delete(root);
		await expect(poster.edit(place, slotOf('board', true), boardId, board('answered'))).rejects.toMatchObject({
			code: 'message_gone',
		});
		const fresh = await poster.post(place, slotOf('board'), board('answered'));
		expect(messageOf(fresh).channel).toBe(thread.id);
	});

	it('case 35: a run whose board is deleted ends without an error loop', async () => {
		const { discord, ask, projectorFor, problems } = await discordStage();
		const general = discord.channel('Alpha', 'general');
		const projector = projectorFor(await ask(general, 'text'));
		const ada = discord.person('Ada');
		for (const event of finishedRun()) {
			projector.handle(event);
			if ('seq' in event) await projector.settled();
			const [root] = discord.messages(general);
			if (event.type === 'answer_given' && root !== undefined) ada.delete(root);
		}
		await projector.settled();
		const [thread] = discord.threads(general);
		const shown = thread === undefined ? '' : discord.transcript(thread);
		expect(shown).toContain('| ## Answer');
		expect(shown).toContain('Use the sort you already have');
		expect(discord.requests.of(EDIT).filter(({ status }) => status === 404)).toHaveLength(1);
		expect(problems).toEqual([]);
	});

	it('a channel: the place is gone, in one sentence', async () => {
		const { poster, place, board, boardId, parent, ada } = await begun();
		ada.deleteChannel(parent);
		await expect(poster.edit(place, slotOf('board', true), boardId, board('answered'))).rejects.toMatchObject({
			code: 'place_gone',
			userMessage: 'The channel or thread is not there any more. Ask again in another one.',
		});
	});
});

describe('a channel that the bot may not write in', () => {
	it('is told to who asked', async () => {
		const { discord, ask, poster, bodyOf, boards } = await discordStage();
		const session = await ask(discord.channel('Alpha', 'read-only'), 'text');
		const posting = poster.post({ session, run: 'run-1' }, slotOf('board'), bodyOf(session, boardMessage()));
		await expect(posting).rejects.toMatchObject({ code: 'place_gone' });
		expect(boards).toEqual([
			{ session, news: { type: 'refused', reason: expect.stringContaining('may not see this channel') } },
		]);
	});

	it('is not known at all: the place is gone', async () => {
		const { poster, bodyOf } = await discordStage();
		const place = { session: 'discord:1:2:3', run: 'run-1' };
		const posting = poster.post(place, slotOf('board'), bodyOf(place.session, boardMessage()));
		await expect(posting).rejects.toMatchObject({ code: 'place_gone' });
	});
});
