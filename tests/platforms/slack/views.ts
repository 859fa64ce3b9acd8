import { type JsonObject, objectsIn } from './json.ts';
import { SlackRefusal } from './refusal.ts';
import type { SlackTeam, SlackView, SlackWorld } from './world.ts';

/** Views of one stack of modals. https://docs.slack.dev/surfaces/modals */
const MAX_STACK = 3;

/** A view as answers and interactions carry it. `values`: what the person has filled in. */
export function wireView(world: SlackWorld, view: SlackView, values: JsonObject = {}): JsonObject {
	return {
		id: view.id,
		team_id: view.team,
		app_id: world.app.id,
		bot_id: world.teams.get(view.team)?.botId,
		callback_id: '',
		private_metadata: '',
		external_id: '',
		clear_on_close: false,
		notify_on_close: false,
		close: null,
		submit: null,
		...view.content,
		hash: view.hash,
		state: { values },
		root_view_id: view.rootId,
		previous_view_id: view.previousId,
	};
}

function uniqueExternalId(team: SlackTeam, content: JsonObject, except: SlackView | null): void {
	const id = content.external_id;
	if (typeof id !== 'string' || id === '') return;
	for (const view of team.views.values()) {
		if (view !== except && view.open && view.content.external_id === id)
			throw new SlackRefusal('duplicate_external_id');
	}
}

/** Opens a modal, on top of `below` when that is given. */
export function openView(
	world: SlackWorld,
	team: SlackTeam,
	given: { user: string; content: JsonObject; below: SlackView | null },
): SlackView {
	const { below } = given;
	uniqueExternalId(team, given.content, null);
	const stack = below === null ? [] : [...team.views.values()].filter((one) => one.open && one.rootId === below.rootId);
	if (stack.length >= MAX_STACK) throw new SlackRefusal('push_limit_reached');
	const id = world.nextId('V');
	const view: SlackView = {
		id,
		type: 'modal',
		team: team.id,
		user: given.user,
		hash: world.nextTs(),
		content: given.content,
		rootId: below?.rootId ?? id,
		previousId: below?.id ?? null,
		open: true,
		revisions: 0,
	};
	team.views.set(id, view);
	world.ledger.changed();
	return view;
}

/** Gives a view new content. A hash that is given must be the view's own. */
export function replaceView(
	world: SlackWorld,
	team: SlackTeam,
	view: SlackView,
	content: JsonObject,
	hash: string | null,
) {
	if (hash !== null && hash !== view.hash) throw new SlackRefusal('hash_conflict');
	uniqueExternalId(team, content, view);
	Object.assign(view, { content, hash: world.nextTs(), revisions: view.revisions + 1 });
	world.ledger.changed();
}

/** The home tab of a person, made when there is none. */
export function publishHome(
	world: SlackWorld,
	team: SlackTeam,
	user: string,
	content: JsonObject,
	hash: string | null,
): SlackView {
	const found = homeOf(team, user);
	if (found !== null) {
		replaceView(world, team, found, content, hash);
		return found;
	}
	const view = openView(world, team, { user, content, below: null });
	view.type = 'home';
	return view;
}

export function homeOf(team: SlackTeam, user: string): SlackView | null {
	return [...team.views.values()].find((view) => view.type === 'home' && view.user === user) ?? null;
}

/** The modal a person sees, null for none. */
export function topModal(team: SlackTeam, user: string): SlackView | null {
	return [...team.views.values()].findLast((view) => view.type === 'modal' && view.user === user && view.open) ?? null;
}

/** Block ids a `response_action: errors` may name: those of the inputs. */
export const inputBlocks = (view: SlackView): string[] =>
	objectsIn(view.content.blocks)
		.filter((block) => block.type === 'input')
		.map((block) => String(block.block_id));

/** Blocks as Slack keeps them: each with an id. */
export function keepBlocks(world: SlackWorld, blocks: readonly JsonObject[]): JsonObject[] {
	return blocks.map((block) => ({ block_id: world.nextId('b'), ...block }));
}

/** A view as Slack keeps it. */
export const keepView = (world: SlackWorld, content: JsonObject): JsonObject => ({
	...content,
	blocks: keepBlocks(world, objectsIn(content.blocks)),
});
