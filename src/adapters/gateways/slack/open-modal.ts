import type { types } from '@slack/bolt';
import { refusalOf } from './call-errors.ts';
import { askModal, followUpModal, type ModalPlace } from './modals.ts';
import type { SlackDesk, Visitor } from './slack-desk.ts';
import { addressOf, type VisitPlace, visitorOf } from './visit.ts';
import { within } from './within.ts';

/** A trigger is good for 3 s; the form does without what takes longer than this, in milliseconds. */
const PATIENCE_MS = 1000;

export interface Opening {
	place: VisitPlace;
	modalPlace: ModalPlace;
	trigger: string;
	/** Where the person hears that it did not open; null: in the channel. */
	responseUrl: string | null;
}

/** Opens the form for a question that holds `initial` already; says so when it is too late for that. */
export async function openAskModal(desk: SlackDesk, opening: Opening & { initial: string }): Promise<void> {
	const asked = within(desk.clock, PATIENCE_MS, desk.host.teams()).catch(() => undefined);
	const visitor = await visitorOf(desk, opening.place);
	const teams = (await asked)?.teams ?? [];
	if (visitor === null) return;
	await open(desk, visitor, opening, askModal(opening.modalPlace, opening.initial, teams, visitor.say));
}

/** Opens the form for a question in a thread of ours. */
export async function openFollowUpModal(desk: SlackDesk, visitor: Visitor, opening: Opening): Promise<void> {
	await open(desk, visitor, opening, followUpModal(opening.modalPlace, visitor.say));
}

function open(desk: SlackDesk, visitor: Visitor, opening: Opening, view: types.ModalView): Promise<void> {
	return openView(desk, visitor, { ...opening, tooLate: visitor.say('slack.modal.too_late') }, view);
}

/** `tooLate`: what the person is told when the trigger is not good any more. */
export async function openView(
	desk: SlackDesk,
	visitor: Visitor,
	opening: Pick<Opening, 'trigger' | 'responseUrl'> & { tooLate: string },
	view: types.ModalView,
): Promise<void> {
	try {
		const { views } = await desk.client(visitor.workspace);
		await views.open({ trigger_id: opening.trigger, view });
	} catch (thrown) {
		// A second delivery of what has opened it already.
		if (refusalOf(thrown) === 'exchanged_trigger_id') return;
		await desk.replies.tell(addressOf(visitor, opening.responseUrl), opening.tooLate);
		if (refusalOf(thrown) !== 'expired_trigger_id') desk.onProblem(thrown);
	}
}
