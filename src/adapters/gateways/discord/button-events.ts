import type { MessageComponentInteraction, ModalSubmitInteraction } from 'discord.js';
import { type Clock, sleep } from '../../../core/clock.ts';
import type { Inbound } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { type Control, isOfCard, type RunControl } from '../shared/controls.ts';
import { approvalPressed } from './approval-events.ts';
import { type ApprovalForm, approvalForm, typedIn } from './approval-form.ts';
import type { Caller } from './callers.ts';
import { commandOf, type Deed, type Desk, goOn } from './desk.ts';
import { followUpModal, questionIn } from './follow-up-modal.ts';
import { attend } from './interaction-caller.ts';
import { standingOf } from './standing.ts';
import { tenantOf } from './where.ts';

/** A modal must open within 3 s and cannot be deferred, so the button is looked up for this long (ms) before anything else. */
const LOOK_UP_MS = 1500;

/** Between two looks for a button, in ms. */
const PAUSES_MS = [200, 800];

type Pressed = MessageComponentInteraction | ModalSubmitInteraction;

/** A button of a thread was pressed. */
export async function buttonPressed(desk: Desk, interaction: MessageComponentInteraction): Promise<void> {
	const say = desk.sayIn(interaction.locale);
	const opening = openingOf(desk, interaction, say);
	// Whoever waits for it hears of its failure.
	opening.catch(() => {});
	const early = await within(desk.clock, LOOK_UP_MS, opening);
	if (early?.form.type === 'modal') {
		await interaction.showModal(early.form.modal);
		return;
	}
	await attend(desk, interaction, async (caller) => {
		const { control, form } = await opening;
		if (control === null) await caller.tell(say('discord.button_dead'));
		else if (form.type === 'modal') await caller.tell(say('discord.press_again'));
		else if (form.type === 'sentence') await caller.tell(form.text);
		else await act(desk, control, deedOf(interaction, control), caller);
	});
}

/** What a press opens, and what the button does (null: nothing any more). */
async function openingOf(
	desk: Desk,
	interaction: MessageComponentInteraction,
	say: Say,
): Promise<{ control: Control | null; form: ApprovalForm }> {
	const { customId } = interaction;
	const control = await controlOf(desk, interaction);
	if (control !== null && isOfCard(control)) return { control, form: await approvalForm(desk, customId, control, say) };
	if (control?.action !== 'follow_up') return { control, form: { type: 'none' } };
	return { control, form: { type: 'modal', modal: followUpModal(customId, say) } };
}

/** The form that a button opened was sent. */
export function modalSent(desk: Desk, interaction: ModalSubmitInteraction): Promise<void> {
	return attend(desk, interaction, async (caller) => {
		const control = await controlOf(desk, interaction);
		if (control === null) return void (await caller.tell(desk.sayIn(interaction.locale)('discord.button_dead')));
		const deed = deedOf(interaction, control);
		if (isOfCard(control)) return approvalPressed(desk, control, { deed, typed: typedIn(interaction), caller });
		const asked = { question: questionIn(interaction) };
		await goOn(desk, control.session, null);
		await desk.handOver(commandOf(deed, 'ask', asked), caller);
	});
}

/** Does what a button without a form asks for. */
async function act(desk: Desk, control: Control, deed: Deed, caller: Caller): Promise<void> {
	if (isOfCard(control)) return approvalPressed(desk, control, { deed, typed: '', caller });
	if (control.action === 'retry') await goOn(desk, control.session, null);
	await desk.handOver(inboundOf(control, deed), caller);
}

/** What the button does; null: nothing any more. One that was just shown may be pressed before it has been noted. */
async function controlOf({ controls, clock }: Desk, interaction: Pressed): Promise<Control | null> {
	const { customId, guildId, channelId, message } = interaction;
	if (channelId === null || message === null) return null;
	const position = { tenant: tenantOf(guildId), channel: channelId, message: message.id };
	for (const pause of PAUSES_MS) {
		const found = await controls.find(customId, position);
		if (found !== null) return found;
		await new Promise<void>((over) => void clock.after(pause, over));
	}
	return controls.find(customId, position);
}

const deedOf = (interaction: Pressed, { session }: Control): Deed => ({
	id: interaction.id,
	user: interaction.user.id,
	session,
	locale: interaction.locale,
	guild: interaction.guildId,
	standing: standingOf(interaction),
});

/** What a button other than Follow-up asks for. */
function inboundOf({ action, run, orchestration, agent }: RunControl, deed: Deed): Inbound {
	if (action === 'good' || action === 'bad') return commandOf(deed, 'rate', { verdict: action, run });
	if (action !== 'choose') return commandOf(deed, action, { run });
	const { id, principal, session, locale } = commandOf(deed, action, {});
	return { type: 'choice', id, principal, session, locale, run, orchestration: orchestration ?? 1, agent: agent ?? '' };
}

/** The result if it comes in time; else null. A failure is for whoever waits for the result itself. */
async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | null> {
	const inTime = new AbortController();
	const late = sleep(clock, ms, inTime.signal).then(
		() => null,
		() => null,
	);
	const first = await Promise.race([work.catch(() => null), late]);
	inTime.abort();
	return first;
}
