import { z } from 'zod';
import { sleep } from '../../../core/clock.ts';
import { type Control, isOfCard, type Position, type RunControl } from '../shared/controls.ts';
import { opens } from './approval-views.ts';
import { formButtonOf, pressForm } from './ask-form.ts';
import { openFollowUpModal } from './open-modal.ts';
import { renderSlack } from './render-slack.ts';
import type { SlackDesk, Visitor } from './slack-desk.ts';
import { pressCard } from './take-approval.ts';
import { addressOf, principalOf, submit, visitorOf } from './visit.ts';

const pressSchema = z.object({
	team: z.object({ id: z.string() }),
	user: z.object({ id: z.string() }),
	trigger_id: z.string(),
	response_url: z.string().nullish(),
	container: z.object({ channel_id: z.string(), message_ts: z.string(), thread_ts: z.string().nullish() }),
	actions: z.array(z.object({ action_id: z.string() })).min(1),
});
type Press = z.infer<typeof pressSchema>;

/** When a button that is not known is looked for once more, in milliseconds. */
const LOOK_AGAIN_MS = 500;

/** Takes a press of a button of ours. Every press is answered, also where the button is of no use any more. */
export async function takePress(desk: SlackDesk, body: unknown): Promise<void> {
	const press = pressSchema.parse(body);
	const { channel_id: channel, message_ts: message, thread_ts } = press.container;
	const place = { team: press.team.id, user: press.user.id, channel, thread: thread_ts ?? message };
	const action = press.actions[0]?.action_id ?? '';
	const asked = formButtonOf(action);
	if (asked !== null) {
		return pressForm(desk, asked, { place, trigger: press.trigger_id, responseUrl: press.response_url ?? null });
	}
	const control = await controlOf(desk, action, { tenant: place.team, channel, message });
	const visitor = await visitorOf(desk, place, control !== null && isUrgent(control));
	if (visitor === null) return;
	if (control === null) {
		const address = addressOf(visitor, press.response_url ?? null);
		return desk.replies.tell(address, visitor.say('slack.button_gone'));
	}
	if (!isOfCard(control)) return act(desk, visitor, control, press);
	const responseUrl = press.response_url ?? null;
	await pressCard(desk, visitor, control, { trigger: press.trigger_id, message, responseUrl });
}

/** A press may be here sooner than it is noted what the button does: that is done when Slack has shown it. */
async function controlOf(desk: SlackDesk, id: string, position: Position): Promise<Control | null> {
	const found = await desk.controls.find(id, position);
	if (found !== null) return found;
	await sleep(desk.clock, LOOK_AGAIN_MS, desk.signal);
	return desk.controls.find(id, position);
}

/** What must be stopped soon, or opened before the trigger is no good any more. */
const isUrgent = (control: Control): boolean =>
	isOfCard(control) ? control.action === 'stop_run' || opens(control) : control.action === 'stop';

async function act(desk: SlackDesk, visitor: Visitor, control: RunControl, press: Press): Promise<void> {
	const { session, run, action } = control;
	const { trigger_id: id } = press;
	const responseUrl = press.response_url ?? null;
	const wish = (name: string, options: object = {}) =>
		submit(desk, visitor, { id, session, name, options: { run, ...options }, responseUrl });
	switch (action) {
		case 'stop':
		case 'retry':
		case 'why':
			return wish(action);
		case 'good':
		case 'bad':
			return wish('rate', { verdict: action });
		case 'choose':
			return choose(desk, visitor, control, { id, responseUrl });
		case 'follow_up': {
			const { channel, thread } = visitor;
			const place = { team: visitor.workspace.team, user: visitor.user, channel, thread };
			const modalPlace = { channel, thread, session };
			return openFollowUpModal(desk, visitor, { place, modalPlace, trigger: id, responseUrl });
		}
	}
}

async function choose(
	desk: SlackDesk,
	visitor: Visitor,
	{ session, run, orchestration, agent }: RunControl,
	{ id, responseUrl }: { id: string; responseUrl: string | null },
): Promise<void> {
	if (orchestration === null || agent === null) return;
	desk.replies.expect(id, addressOf(visitor, responseUrl));
	const principal = principalOf(visitor);
	const { locale } = visitor;
	await desk.host.receive({ type: 'choice', id, session, principal, locale, run, orchestration, agent });
	if (responseUrl !== null) await showChosen(desk, visitor, { session, run, orchestration }, responseUrl);
}

/** Shows at once what was chosen, in the message with the buttons, however long other messages have to wait. */
async function showChosen(
	{ host, poster }: SlackDesk,
	{ workspace, say }: Visitor,
	{ session, run, orchestration }: { session: string; run: string; orchestration: number },
	responseUrl: string,
): Promise<void> {
	for (const { run: of, message } of await host.thread(session)) {
		const isMeant = of === run && message.type === 'choice' && message.orchestration === orchestration;
		if (!isMeant || message.chosen === null) continue;
		const [body] = renderSlack(message, { place: { session, run }, say, verbosity: 'normal' });
		if (body?.type === 'message') await poster.replaceClicked(responseUrl, workspace.team, body);
	}
}
