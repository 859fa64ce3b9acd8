import type { MessageComponentInteraction, ModalSubmitInteraction, REST } from 'discord.js';
import type { ForeignForm, FormAnswer } from '../../../core/foreign-form.ts';
import type { Say } from '../../../core/say.ts';
import { type FormEntry, readEntries } from '../shared/form-entries.ts';
import { hintOf } from '../shared/form-text.ts';
import { createOpenForms, type OpenForm } from '../shared/open-forms.ts';
import { apiCodeOf } from './api-code.ts';
import { boundsOf, quoted, stepEntries, stepModal, stepOf, stepsOf } from './form-modal.ts';
import { createFormNotices, type FormButton, formRow, type PostedNotice } from './form-notice.ts';
import type { Spots } from './spots.ts';

/** Puts forms of tool servers to the person who asked: only they can open them, and nobody else reads them. */
export interface FormDesk {
	/** Declined when it cannot be shown, or once `signal` aborts. */
	put(to: Pick<OpenForm, 'session' | 'person'>, form: ForeignForm, signal: AbortSignal): Promise<FormAnswer>;
	pressed(interaction: MessageComponentInteraction): Promise<void>;
	sent(interaction: ModalSubmitInteraction): Promise<void>;
	/** Declines everything. Resolves when what was shown is gone. */
	end(): Promise<void>;
}

export interface FormDeskOptions {
	/** The client's own. */
	rest: REST;
	spots: Spots;
	sayIn(locale: string | null): Say;
	onProblem(error: unknown): void;
}

type Used = MessageComponentInteraction | ModalSubmitInteraction;

/** The form, and which step of it (`no`: it is declined). */
const CUSTOM_ID = /^mgf_([\w-]{22})_(\d{1,2}|no)$/;
/** `MessageFlags` of discord-api-types. */
const EPHEMERAL = 64;
/** Unknown interaction: the person has read already that nothing came of it. Source: docs, topics/opcodes. */
const TOO_LATE = 10062;

/** Whether a button or modal is one of a form. */
export const isOfForm = ({ customId }: Used): boolean => customId.startsWith('mgf_');

export function createFormDesk({ rest, spots, sayIn, onProblem }: FormDeskOptions): FormDesk {
	const forms = createOpenForms();
	const notices = createFormNotices(rest, spots, sayIn);
	/** What was filled in so far, by form. */
	const drafts = new Map<string, readonly FormEntry[]>();
	const removing = new Set<Promise<void>>();

	const remove = (notice: Promise<PostedNotice | null>): void => {
		const done = notice
			.then((posted) => (posted === null ? undefined : notices.remove(posted)))
			.catch(onProblem)
			.finally(() => removing.delete(done));
		removing.add(done);
	};

	/** What a button or modal is about. Whoever it is not for, or comes too late, is told so, and gets null. */
	async function meant(used: Used): Promise<{ open: OpenForm; step: string } | null> {
		const [, id = '', step = ''] = CUSTOM_ID.exec(used.customId) ?? [];
		const open = forms.find(id);
		const say = sayIn(used.locale);
		if (open !== null && open.person?.user === used.user.id) return { open, step };
		await tell(used, say(open === null ? 'form.over' : 'form.not_yours'));
		const { message } = used;
		// A process that died could not take it away. Another message of the bot's is none of it.
		const isNotice = message !== null && JSON.stringify(message.components).includes(used.customId);
		if (open === null && isNotice && !message.flags.has(EPHEMERAL)) {
			remove(Promise.resolve({ channel: message.channelId, message: message.id }));
		}
		return null;
	}

	return {
		async put(to, form, signal) {
			const { session, person } = to;
			if (person?.platform !== 'discord') return { type: 'declined' };
			const open = forms.open(to, form, signal);
			const buttons = (say: Say) => [
				{ label: say('form.answer'), customId: idOf(open, 0), isMain: true },
				{ label: say('form.decline'), customId: idOf(open, 'no'), isMain: false },
			];
			const posting = notices.post({ id: open.id, session, user: person.user, server: form.server, buttons });
			const posted = posting.catch((error: unknown) => {
				onProblem(error);
				open.settle({ type: 'declined' });
				return null;
			});
			const answer = await open.answer;
			drafts.delete(open.id);
			remove(posted);
			return answer;
		},
		async pressed(interaction) {
			const found = await meant(interaction);
			if (found === null) return;
			const { open, step } = found;
			const { form } = open;
			const say = sayIn(interaction.locale);
			if (step === 'no') {
				open.settle({ type: 'declined' });
				return tell(interaction, say('form.declined', { server: quoted(form.server) }));
			}
			const modal = stepModal(interaction.customId, form, Number(step), drafts.get(open.id) ?? [], say);
			await interaction.showModal(modal).catch(unlessLate);
		},
		async sent(interaction) {
			const found = await meant(interaction);
			if (found === null) return;
			const { open } = found;
			const { form } = open;
			const step = Number(found.step);
			const entries = withStep(drafts.get(open.id) ?? [], step, stepEntries(interaction, form, step));
			drafts.set(open.id, entries);
			const say = sayIn(interaction.locale);
			const reading = readEntries(form.fields.slice(0, boundsOf(step).to), entries);
			if (reading.type === 'wrong') {
				const again = idOf(open, stepOf(reading.fields[0] ?? 0));
				const button = { label: say('form.correct'), customId: again, isMain: true };
				return tell(interaction, faultsText(form, reading.fields, say), [button]);
			}
			const steps = stepsOf(form);
			if (step + 1 < steps) {
				const button = { label: say('form.next'), customId: idOf(open, step + 1), isMain: true };
				return tell(interaction, say('form.step_done', { step: step + 1, steps }), [button]);
			}
			open.settle({ type: 'accepted', values: reading.values });
			await tell(interaction, say('form.sent', { server: quoted(form.server) }));
		},
		async end() {
			forms.end();
			// Whoever waits for an answer hears of it first.
			await new Promise<void>((resolve) => void setImmediate(resolve));
			await Promise.all(removing);
		},
	};
}

const idOf = ({ id }: OpenForm, step: number | 'no'): string => `mgf_${id}_${step}`;

function withStep(entries: readonly FormEntry[], step: number, given: readonly FormEntry[]): readonly FormEntry[] {
	const { from } = boundsOf(step);
	const before = Array.from({ length: from }, (_, at) => entries[at] ?? null);
	return [...before, ...given, ...entries.slice(from + given.length)];
}

const faultsText = ({ fields }: ForeignForm, wrong: readonly number[], say: Say): string =>
	fields
		.flatMap((field, at) =>
			wrong.includes(at) ? [`- ${quoted(field.label)}: ${say('form.wrong', { hint: hintOf(field, say) })}`] : [],
		)
		.join('\n');

/** Says something that only this person reads, in the place of what it was said about where that is private too. */
async function tell(used: Used, content: string, buttons: readonly FormButton[] = []): Promise<void> {
	const components = buttons.length === 0 ? [] : [formRow(buttons)];
	const isPrivate = used.message?.flags.has(EPHEMERAL) === true;
	if (isPrivate && (used.isMessageComponent() || used.isFromMessage())) {
		await used.update({ content, components }).catch(unlessLate);
	} else await used.reply({ content, components, flags: EPHEMERAL }).catch(unlessLate);
}

function unlessLate(error: unknown): void {
	if (apiCodeOf(error) !== TOO_LATE) throw error;
}
