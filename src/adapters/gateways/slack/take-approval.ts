import type { Inbound } from '../../../core/gateway.ts';
import { type ApprovalControl, decisionOf } from '../shared/approval-control.ts';
import { isOfCard } from '../shared/controls.ts';
import { approvalPlaceSchema, approvalView, typedIn } from './approval-views.ts';
import { openView } from './open-modal.ts';
import { cardPages } from './render-approval.ts';
import type { SlackDesk, Visitor } from './slack-desk.ts';
import { submissionSchema } from './submission.ts';
import { addressOf, principalOf, submit, visitorOf } from './visit.ts';

/** What a press on a card came with. */
export interface CardPress {
	/** Slack's own of the press, the same for every delivery; good for opening something for 3 s. */
	trigger: string;
	message: string;
	responseUrl: string | null;
}

/** Does what a button of a card asks for, or opens its form. */
export async function pressCard(
	desk: SlackDesk,
	visitor: Visitor,
	control: ApprovalControl,
	{ trigger, message, responseUrl }: CardPress,
): Promise<void> {
	const { channel, thread, say } = visitor;
	const view = await approvalView(desk, control, { channel, message, thread, responseUrl }, say);
	if (view.type === 'sentence') return desk.replies.tell(addressOf(visitor, responseUrl), view.text);
	if (view.type === 'none') return decide(desk, visitor, control, { id: trigger, typed: '', responseUrl });
	await openView(desk, visitor, { trigger, responseUrl, tooLate: say('card.press_again') }, view.view);
}

/** Takes the form of a card that was filled in. */
export async function takeDecision(desk: SlackDesk, body: unknown): Promise<void> {
	const { team, user, view } = submissionSchema.parse(body);
	const place = approvalPlaceSchema.parse(JSON.parse(view.private_metadata));
	const { channel, message, thread, responseUrl } = place;
	const visitor = await visitorOf(desk, { team: team.id, user: user.id, channel, thread });
	if (visitor === null) return;
	const control = await desk.controls.find(place.control, { tenant: team.id, channel, message });
	if (control === null || !isOfCard(control)) {
		return desk.replies.tell(addressOf(visitor, responseUrl), visitor.say('slack.button_gone'));
	}
	const id = `${view.id}+${view.hash}`;
	await decide(desk, visitor, control, { id, typed: typedIn(view.state.values), responseUrl });
}

async function decide(
	desk: SlackDesk,
	visitor: Visitor,
	control: ApprovalControl,
	{ id, typed, responseUrl }: { id: string; typed: string; responseUrl: string | null },
): Promise<void> {
	const { session, run } = control;
	const decision = decisionOf(control, typed);
	if (decision === null) return submit(desk, visitor, { id, session, name: 'stop', options: { run }, responseUrl });
	const { locale } = visitor;
	const principal = principalOf(visitor);
	const inbound: Inbound = { type: 'decision', id, session, principal, locale, decision, via: 'thread' };
	desk.replies.expect(id, addressOf(visitor, responseUrl));
	await desk.host.receive(inbound);
	if (responseUrl !== null) await showDecided(desk, visitor, control, responseUrl);
}

/** Shows at once what was decided, in the message with the buttons, however long other messages have to wait. */
async function showDecided(
	{ host, poster }: SlackDesk,
	{ workspace, say }: Visitor,
	{ session, run, approval, callId }: ApprovalControl,
	responseUrl: string,
): Promise<void> {
	for (const { message } of await host.thread(session)) {
		if (message.type !== 'approval' || message.approval.id !== approval) continue;
		const pages = cardPages(message, { place: { session, run }, say, verbosity: 'normal' });
		const page = pages.find(({ callIds }) => callId !== null && callIds.includes(callId)) ?? pages[0];
		if (page !== undefined) await poster.replaceClicked(responseUrl, workspace.team, page.body);
	}
}
