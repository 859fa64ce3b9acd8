import { z } from 'zod';
import type { Bot, Command, CommandContext } from '../src/core/command.ts';
import { revealedText } from '../src/core/foreign-text.ts';
import type { KeptMemory, MemoryAddress, MemoryBook } from '../src/core/memory.ts';
import type { Say } from '../src/core/say.ts';

const options = z.strictObject({
	action: z.enum(['show', 'search', 'add', 'edit', 'forget', 'off', 'on', 'export']).default('show'),
	text: z.string().min(1).max(2_000).optional(),
	id: z.string().min(1).max(100).optional(),
	mine: z.boolean().default(false),
	all: z.boolean().default(false),
	days: z
		.string()
		.regex(/^\d{1,5}$/)
		.optional(),
});
type Options = z.output<typeof options>;

/** Memories in one reply, and replies of one export. */
const MOST_SHOWN = 15;
const MOST_REPLIES = 10;
/** Longest part of an export, in characters. */
const PART = 1_700;
/** Characters of an id that tell memories apart. */
const SHORT = 8;

/** `/massgen memory`: what this channel remembers, or what is remembered of oneself. */
export const memory: Command<typeof options> = {
	name: 'memory',
	permission: 'memory:read',
	reach: 'everywhere',
	options,
	async run(given, bot, context) {
		const book = bookOf(bot);
		if (book === null) return context.reply(context.say('memory.disabled'));
		const { session, principal } = context;
		const { platform, tenant, user } = principal;
		const address = { session, person: { platform, tenant, user }, mine: given.mine };
		await actions[given.action]({ given, book, address, context });
	},
};

interface Deed {
	given: Options;
	book: MemoryBook;
	address: MemoryAddress;
	context: CommandContext;
}

const bookOf = ({ memory: book }: Bot): MemoryBook | null => book ?? null;

/** What is one's own is one's own to write; what is the channel's needs the permission. */
async function demandFor({ given, context }: Deed, permission: 'memory:write' | 'memory:delete'): Promise<void> {
	if (!given.mine) await context.demand(permission);
}

const actions: Readonly<Record<Options['action'], (deed: Deed) => Promise<void>>> = {
	async show({ given, book, address, context: { say, reply } }) {
		const { on, count, most, retentionDays, evicted, expired, calls } = await book.about(address);
		const state = say(on ? 'memory.state_on' : given.mine ? 'memory.state_not_yours' : 'memory.state_off');
		const kept = retentionDays === null ? say('memory.for_good') : say('memory.for_days', { days: retentionDays });
		const counts = say('memory.counts', { count, most, kept, evicted, expired, calls });
		await reply([state, counts, listOf(await book.list(address), say)].join('\n'));
	},
	async search({ given, book, address, context: { say, reply } }) {
		if (given.text === undefined) return reply(say('memory.which_text'));
		const found = await book.search(address, given.text);
		await reply(found.length === 0 ? say('memory.nothing_found') : listOf(found, say));
	},
	async add(deed) {
		const { given, book, address, context } = deed;
		const { say, reply } = context;
		await demandFor(deed, 'memory:write');
		if (given.text === undefined) return reply(say('memory.which_text'));
		const added = await book.add(address, given.text);
		await reply(added === null ? say('memory.known') : say('memory.added', { id: shortId(added) }));
	},
	async edit(deed) {
		const { given, book, address, context } = deed;
		const { say, reply } = context;
		await demandFor(deed, 'memory:write');
		if (given.text === undefined) return reply(say('memory.which_text'));
		const meant = await findOne(deed);
		if (meant === null) return;
		await book.edit(address, meant.id, given.text);
		await reply(say('memory.edited', { id: shortId(meant) }));
	},
	async forget(deed) {
		const { given, book, address, context } = deed;
		const { say, reply, principal } = context;
		if (given.all) {
			await demandFor(deed, 'memory:delete');
			return reply(say('memory.forgotten', { count: await book.forget(address, null) }));
		}
		const meant = await findOne(deed);
		if (meant === null) return;
		// What somebody wrote down themselves they may take back.
		const { by, trust } = meant.source;
		if (trust !== 'said' || by !== principal.user) await demandFor(deed, 'memory:delete');
		await reply(say('memory.forgotten', { count: await book.forget(address, [meant.id]) }));
	},
	async off(deed) {
		await demandFor(deed, 'memory:write');
		await deed.book.turn(deed.address, false, null);
		await deed.context.reply(deed.context.say(deed.given.mine ? 'memory.off_yours' : 'memory.off'));
	},
	async on(deed) {
		const { given, book, address, context } = deed;
		await demandFor(deed, 'memory:write');
		// What is older goes.
		if (given.days !== undefined) await demandFor(deed, 'memory:delete');
		await book.turn(address, true, given.days === undefined ? null : Number(given.days));
		await context.reply(context.say(given.mine ? 'memory.on_yours' : 'memory.on'));
	},
	async export({ given: { id }, book, address, context: { say, reply } }) {
		const all = await book.list(address);
		const begun = all.findIndex((one) => one.id === id);
		if (id !== undefined && begun === -1) return reply(say('memory.which_id'));
		const memories = all.slice(begun + 1);
		if (memories.length === 0) return reply(say('memory.none'));
		const parts = partsOf(memories);
		const shown = parts.slice(0, MOST_REPLIES);
		for (const part of shown) await reply(`\`\`\`json\n${part.map(lineOf).join('\n')}\n\`\`\``);
		const last = shown.at(-1)?.at(-1);
		if (parts.length > MOST_REPLIES && last !== undefined) {
			await reply(say('memory.export_cut', { count: MOST_REPLIES, id: last.id }));
		}
	},
};

/** The memory that is meant by an id; null: the person was told that it is none. */
async function findOne({ given, book, address, context: { say, reply } }: Deed): Promise<KeptMemory | null> {
	const found = given.id === undefined ? null : await book.find(address, given.id);
	if (found === null) await reply(say('memory.which_id'));
	return found;
}

const shortId = ({ id }: KeptMemory) => id.slice(0, SHORT);

function listOf(memories: readonly KeptMemory[], say: Say): string {
	if (memories.length === 0) return say('memory.none');
	const rows = memories.slice(0, MOST_SHOWN).map((one) => {
		const date = new Date(one.at).toISOString().slice(0, 10);
		const origin = say(`memory.trust.${one.source.trust}`);
		return say('memory.row', { id: shortId(one), text: revealedText(one.text), origin, date });
	});
	const more = memories.length - rows.length;
	return [...rows, ...(more > 0 ? [say('memory.more', { count: more })] : [])].join('\n');
}

/** One memory as a line of JSON; backticks cannot end the block that it stands in. */
function lineOf({ id, text, source, at, usedAt }: KeptMemory): string {
	const facts = {
		id,
		text,
		...source,
		at: new Date(at).toISOString(),
		usedAt: usedAt === null ? null : new Date(usedAt),
	};
	return JSON.stringify(facts).replaceAll('`', '\\u0060');
}

/** Memories by the message that they fit into. */
function partsOf(memories: readonly KeptMemory[]): KeptMemory[][] {
	const parts: KeptMemory[][] = [];
	let length = 0;
	for (const one of memories) {
		const last = parts.at(-1);
		length += lineOf(one).length + 1;
		if (last !== undefined && length <= PART) last.push(one);
		else {
			parts.push([one]);
			length = lineOf(one).length;
		}
	}
	return parts;
}
