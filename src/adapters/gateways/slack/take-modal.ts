import { ASK_MODAL } from './app-shape.ts';
import { type Filled, filledOf, type ModalPlace, modalPlaceSchema } from './modals.ts';
import { offeredFiles } from './offered-files.ts';
import type { SlackDesk, Visitor } from './slack-desk.ts';
import { conversationKey } from './slack-spot.ts';
import { submissionSchema } from './submission.ts';
import { begin, canPost, sessionIn, submit, threadOfTrigger, visitorOf } from './visit.ts';

/** Takes a form that was filled in. */
export async function takeModal(desk: SlackDesk, body: unknown): Promise<void> {
	const { team, user, view } = submissionSchema.parse(body);
	const place = modalPlaceSchema.parse(JSON.parse(view.private_metadata));
	const { channel, thread } = place;
	const visitor = await visitorOf(desk, { team: team.id, user: user.id, channel, thread });
	if (visitor === null) return;
	const id = `${view.id}+${view.hash}`;
	const filled = filledOf(view.state.values);
	const session = await sessionOf(desk, visitor, place, id);
	if (session === null) return;
	const files = offeredFiles(desk, visitor, filled.files);
	const options = view.callback_id === ASK_MODAL ? optionsOf(filled) : { question: filled.question };
	await submit(desk, visitor, { id, session, name: 'ask', options, files });
}

function optionsOf({ question, team, verbosity }: Filled): Record<string, unknown> {
	return { question, ...(team === null ? {} : { team }), ...(verbosity === null ? {} : { verbosity }) };
}

/** The session that the form goes on with or begins; null when the app cannot post there. */
async function sessionOf(desk: SlackDesk, visitor: Visitor, place: ModalPlace, id: string): Promise<string | null> {
	const { team } = visitor.workspace;
	const { channel, thread } = place;
	if (place.session !== null) return place.session;
	const known = thread === null ? null : await desk.places.find(conversationKey(team, channel, thread));
	if (known !== null) return known;
	if (!(await canPost(desk, visitor, null))) return null;
	const session = sessionIn(team, channel, thread ?? threadOfTrigger(id));
	await begin(desk, visitor, session, thread);
	return session;
}
