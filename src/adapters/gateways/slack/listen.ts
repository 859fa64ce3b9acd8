import type { App } from '@slack/bolt';
import { takeNativeStop } from './agent-session.ts';
import {
	APPROVAL_MODAL,
	ASK_ABOUT,
	ASK_MODAL,
	COMMAND,
	type EVENTS,
	FOLLOW_UP_MODAL,
	FORM_MODAL,
	type OLDER_EVENTS,
} from './app-shape.ts';
import { takeForm } from './ask-form.ts';
import type { SlackDesk } from './slack-desk.ts';
import { takeDecision } from './take-approval.ts';
import { takeCommand } from './take-command.ts';
import { isOwnToken, takeLeave } from './take-leave.ts';
import { takeMessage } from './take-message.ts';
import { takeModal } from './take-modal.ts';
import { takeAssistantThread, takeOpening } from './take-opening.ts';
import { takePress } from './take-press.ts';
import { takeShortcut } from './take-shortcut.ts';

/** `message.im` and its like come as `message`. */
type EventName<Name extends string> = Name extends `${infer Head}.${string}` ? Head : Name;
type Handled = EventName<(typeof EVENTS)[number] | (typeof OLDER_EVENTS)[number]>;
/** `id`: Slack's own of this event, the same for every delivery. */
type TakeEvent = (desk: SlackDesk, team: string, event: unknown, id: string) => Promise<void>;

const events: Readonly<Record<Handled, TakeEvent>> = {
	agent_session_stopped: takeNativeStop,
	app_home_opened: takeOpening,
	app_mention: takeMessage,
	app_uninstalled: (desk, team, _event, id) => takeLeave(desk, team, id),
	assistant_thread_started: takeAssistantThread,
	message: takeMessage,
	tokens_revoked: async (desk, team, event, id) => {
		if (isOwnToken(event)) await takeLeave(desk, team, id);
	},
};

/**
 * Connects Bolt with what people do. Everything is acknowledged first, before anything is looked up; `later` does the
 * work after that.
 */
export function listen(app: App, desk: SlackDesk, later: (work: () => Promise<void>) => void): void {
	for (const [name, take] of Object.entries(events)) {
		app.event(name, async ({ event, body, context }) => {
			later(() => take(desk, context.teamId ?? body.team_id, event, body.event_id));
		});
	}
	app.command(COMMAND, async ({ ack, command }) => {
		await ack();
		later(() => takeCommand(desk, command));
	});
	app.shortcut(ASK_ABOUT, async ({ ack, body }) => {
		await ack();
		later(() => takeShortcut(desk, body));
	});
	app.action(/.*/, async ({ ack, body }) => {
		await ack();
		later(() => takePress(desk, body));
	});
	app.view(APPROVAL_MODAL, async ({ ack, body }) => {
		await ack();
		later(() => takeDecision(desk, body));
	});
	// What does not fit is said in the acknowledgement; nothing but memory is looked at for it.
	app.view(FORM_MODAL, async ({ ack, body }) => {
		const { response, finish } = takeForm(desk, body);
		await (response === null ? ack() : ack(response));
		later(finish);
	});
	for (const modal of [ASK_MODAL, FOLLOW_UP_MODAL]) {
		app.view(modal, async ({ ack, body }) => {
			await ack();
			later(() => takeModal(desk, body));
		});
	}
}
