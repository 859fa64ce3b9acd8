import { type Call, jsonOf, type Methods, optional, required } from './call.ts';
import type { JsonObject } from './json.ts';
import { liveMentionsIn } from './mention-rules.ts';
import { SlackRefusal } from './refusal.ts';
import { checkView } from './view-rules.ts';
import { keepView, openView, publishHome, replaceView, wireView } from './views.ts';
import type { SlackView, Trigger } from './world.ts';

/** Takes a trigger id: once, and within its life. */
function takeTrigger(call: Call): Trigger {
	const trigger = call.world.triggers.get(required(call, 'trigger_id'));
	if (trigger === undefined || trigger.team !== call.team.id) throw new SlackRefusal('invalid_trigger_id');
	if (trigger.used) throw new SlackRefusal('exchanged_trigger_id');
	if (call.world.clock.now() > trigger.expiresAt) throw new SlackRefusal('expired_trigger_id');
	trigger.used = true;
	return trigger;
}

function contentOf(call: Call, type: 'modal' | 'home'): JsonObject {
	const content = checkView(jsonOf(call, 'view', 'invalid_arguments'), type);
	const live = liveMentionsIn(content.blocks, call.world.mayMention);
	// A view pings nobody; but what is not escaped there comes from the same hand as what is posted.
	if (live.length > 0 && type === 'modal') call.world.ledger.violate('live_mention', call.method, live.join(' '));
	return keepView(call.world, content);
}

function open(call: Call): JsonObject {
	const content = contentOf(call, 'modal');
	const { user } = takeTrigger(call);
	return { view: wireView(call.world, openView(call.world, call.team, { user, content, below: null })) };
}

function push(call: Call): JsonObject {
	const content = contentOf(call, 'modal');
	const { user, view } = takeTrigger(call);
	const below = view === null ? undefined : call.team.views.get(view);
	if (below === undefined || !below.open) throw new SlackRefusal('not_found');
	return { view: wireView(call.world, openView(call.world, call.team, { user, content, below })) };
}

function viewOf(call: Call): SlackView {
	const id = optional(call, 'view_id');
	const external = optional(call, 'external_id');
	const found = [...call.team.views.values()].find(
		(view) => view.open && (view.id === id || (external !== null && view.content.external_id === external)),
	);
	if (found === undefined) throw new SlackRefusal('not_found');
	return found;
}

function update(call: Call): JsonObject {
	const view = viewOf(call);
	replaceView(call.world, call.team, view, contentOf(call, view.type), optional(call, 'hash'));
	return { view: wireView(call.world, view) };
}

function publish(call: Call): JsonObject {
	const user = required(call, 'user_id');
	if (!call.team.users.has(user)) throw new SlackRefusal('user_not_found');
	const content = contentOf(call, 'home');
	return { view: wireView(call.world, publishHome(call.world, call.team, user, content, optional(call, 'hash'))) };
}

/** Modals and the home tab. */
export const viewMethods: Methods = {
	'views.open': { tier: 'tier4', scopes: [], run: open },
	'views.push': { tier: 'tier4', scopes: [], run: push },
	'views.update': { tier: 'tier4', scopes: [], run: update },
	'views.publish': { tier: 'tier4', scopes: [], run: publish },
};
