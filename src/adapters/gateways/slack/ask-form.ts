import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { ForeignForm, FormAnswer } from '../../../core/foreign-form.ts';
import { readEntries } from '../shared/form-entries.ts';
import type { OpenForm } from '../shared/open-forms.ts';
import { patiently } from './call-errors.ts';
import { formPlaceSchema, formView, overView, quoted, viewEntries, viewErrors } from './form-view.ts';
import { openView } from './open-modal.ts';
import type { SlackDesk } from './slack-desk.ts';
import { addressOf, PLATFORM, type VisitPlace, visitorOf } from './visit.ts';

/** A button of a form: which one, and whether it is declined. */
export interface FormButton {
	form: string;
	act: 'open' | 'no';
}

const ACTION_ID = /^mgf_([\w-]{22})_(open|no)$/;
/** What the response address may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

export function formButtonOf(actionId: string): FormButton | null {
	const [, form, act] = ACTION_ID.exec(actionId) ?? [];
	return form === undefined ? null : { form, act: act === 'no' ? 'no' : 'open' };
}

/**
 * Puts a form of a tool server to the person who asked, in a message that only they see. Declined when it cannot be
 * shown, or once `signal` aborts.
 */
export async function askForm(
	desk: SlackDesk,
	to: Pick<OpenForm, 'session' | 'person'>,
	form: ForeignForm,
	signal: AbortSignal,
): Promise<FormAnswer> {
	if (to.person?.platform !== PLATFORM) return { type: 'declined' };
	const open = desk.forms.open(to, form, signal);
	announce(desk, open, to.person.user).catch((thrown: unknown) => {
		desk.onProblem(thrown);
		open.settle({ type: 'declined' });
	});
	return open.answer;
}

async function announce(desk: SlackDesk, { id, session, form }: OpenForm, user: string): Promise<void> {
	const spot = await desk.places.get(session);
	if (spot === null) throw new Error(`it is not known where ${session} is`);
	const { team, channel, thread_ts } = spot;
	const visitor = await visitorOf(desk, { team, user, channel, thread: thread_ts });
	if (visitor === null) throw new Error(`the app is not in ${team} any more`);
	const { say, workspace } = visitor;
	const text = say('form.notice', { server: quoted(form.server) });
	const button = (act: FormButton['act'], label: string) => ({
		type: 'button' as const,
		action_id: `mgf_${id}_${act}`,
		text: { type: 'plain_text' as const, text: label },
		...(act === 'open' ? { style: 'primary' as const } : {}),
	});
	const buttons = [button('open', say('form.answer')), button('no', say('form.decline'))];
	const message = {
		channel,
		text,
		blocks: [...noticeBlocks(text), { type: 'actions' as const, elements: buttons }],
		...(thread_ts === null ? {} : { thread_ts }),
	};
	const { chat } = await desk.client(workspace);
	await patiently(desk.clock, desk.signal, async () => {
		// In direct messages everything is private.
		if (channel.startsWith('D')) return chat.postMessage({ ...message, unfurl_links: false, unfurl_media: false });
		return chat.postEphemeral({ ...message, user });
	});
}

/** Does what a button of a form asks for. */
export async function pressForm(
	desk: SlackDesk,
	{ form: id, act }: FormButton,
	{ place, trigger, responseUrl }: { place: VisitPlace; trigger: string; responseUrl: string | null },
): Promise<void> {
	const visitor = await visitorOf(desk, place, true);
	if (visitor === null) return;
	const { say, locale = null } = visitor;
	const open = desk.forms.find(id);
	if (open === null) return replaceNotice(desk, responseUrl, say('form.over'));
	if (open.person?.user !== place.user) {
		return desk.replies.tell(addressOf(visitor, responseUrl), say('form.not_yours'));
	}
	if (act === 'no') {
		open.settle({ type: 'declined' });
		return replaceNotice(desk, responseUrl, say('form.declined', { server: quoted(open.form.server) }));
	}
	const view = formView(open.form, { form: id, responseUrl, locale }, say);
	await openView(desk, visitor, { trigger, responseUrl, tooLate: say('card.press_again') }, view);
}

const submissionSchema = z.object({
	user: z.object({ id: z.string() }),
	view: z.object({ private_metadata: z.string(), state: z.object({ values: z.unknown() }) }),
});

/** What becomes of a view that was sent: it closes, says what does not fit, or that it is over. */
export interface FormOutcome {
	/** For the acknowledgement, which must come within 3 s. */
	response:
		| { response_action: 'errors'; errors: Record<string, string> }
		| { response_action: 'update'; view: types.ModalView }
		| null;
	/** What is left to do after it. */
	finish(): Promise<void>;
}

/** Takes a form that was filled in. */
export function takeForm(desk: SlackDesk, body: unknown): FormOutcome {
	const { user, view } = submissionSchema.parse(body);
	const { form: id, responseUrl, locale } = formPlaceSchema.parse(JSON.parse(view.private_metadata));
	const say = desk.sayIn(locale);
	const open = desk.forms.find(id);
	if (open === null || open.person?.user !== user.id) {
		const response = { response_action: 'update', view: overView(say) } as const;
		return { response, finish: () => replaceNotice(desk, responseUrl, say('form.over')) };
	}
	const { form } = open;
	const reading = readEntries(form.fields, viewEntries(form, view.state.values));
	if (reading.type === 'wrong') {
		const errors = viewErrors(form, reading.fields, say);
		return { response: { response_action: 'errors', errors }, finish: async () => {} };
	}
	open.settle({ type: 'accepted', values: reading.values });
	const sent = say('form.sent', { server: quoted(form.server) });
	return { response: null, finish: () => replaceNotice(desk, responseUrl, sent) };
}

/** Puts what became of it in the place of the notice; that Slack does not take it matters to nobody any more. */
async function replaceNotice({ signal }: SlackDesk, responseUrl: string | null, text: string): Promise<void> {
	if (responseUrl === null) return;
	const answer = await fetch(responseUrl, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ replace_original: true, text, blocks: noticeBlocks(text) }),
		signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
	}).catch(() => null);
	await answer?.body?.cancel();
}

const noticeBlocks = (text: string) => [
	{ type: 'section' as const, text: { type: 'mrkdwn' as const, text, verbatim: true } },
];
