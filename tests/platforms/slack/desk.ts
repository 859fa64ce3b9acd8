import { type Deliveries, type Delivery, eventBody } from './delivery.ts';
import type { JsonObject } from './json.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { SlackChannel, SlackTeam, SlackUser, SlackWorld } from './world.ts';

/** What a person's client works with. */
export interface Desk {
	world: SlackWorld;
	team: SlackTeam;
	user: SlackUser;
	deliveries: Deliveries;
	responseUrls: ResponseUrls;
	/** Origin of the fake. */
	url: string;
}

export function channelNamed(desk: Desk, id: string): SlackChannel {
	const channel = desk.team.channels.get(id);
	if (channel === undefined) throw new Error(`team ${desk.team.id} has no channel ${id}`);
	return channel;
}

/** What every interaction says of who and where. */
export function interactionBody(desk: Desk, type: string): JsonObject {
	const { world, team, user } = desk;
	return {
		type,
		token: 'verification',
		api_app_id: world.app.id,
		team: { id: team.id, domain: team.domain },
		enterprise: null,
		is_enterprise_install: false,
		user: { id: user.id, username: user.name, name: user.name, team_id: team.id },
	};
}

/** Delivers an event that is the person's doing, subscribed or not. */
export const deliverEvent = (desk: Desk, event: JsonObject): Promise<Delivery> =>
	desk.deliveries.send(desk.team, 'events_api', String(event.type), eventBody(desk.world, desk.team, event), false);
