import type { webApi } from '@slack/bolt';
import type { Clock } from '../../../core/clock.ts';
import type { GatewayHost } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { Controls } from '../shared/controls.ts';
import type { OpenForms } from '../shared/open-forms.ts';
import type { Places } from '../shared/places.ts';
import type { Channels } from './channels.ts';
import type { People } from './people.ts';
import type { SlackPoster } from './poster.ts';
import type { PrivateReplies } from './private-replies.ts';
import type { SlackSpot } from './slack-spot.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

/** What everybody needs who does something that a person on Slack wants. */
export interface SlackDesk {
	host: GatewayHost;
	/** Address of the Web API, with its slash. */
	apiUrl: string;
	clock: Clock;
	/** Aborts when the gateway stops. */
	signal: AbortSignal;
	workspaces: Workspaces;
	/** A client for what people wait for: no retries, no queue behind a board that Slack slows down. */
	client(workspace: Workspace): Promise<webApi.WebClient>;
	places: Places<SlackSpot>;
	controls: Controls;
	/** What tool servers ask of people. */
	forms: OpenForms;
	people: People;
	channels: Channels;
	replies: PrivateReplies;
	/** For where a person has clicked or looks for a thread. */
	poster: Pick<SlackPoster, 'permalink' | 'replaceClicked'>;
	sayIn(locale: string | null): Say;
	/** Something that is nobody's fault who is on Slack. */
	onProblem(error: unknown): void;
}

/** Who did something, and where they hear of it. */
export interface Visitor {
	workspace: Workspace;
	user: string;
	channel: string;
	/** The thread they are in; null: none. */
	thread: string | null;
	locale: string | undefined;
	say: Say;
}
