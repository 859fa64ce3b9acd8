import type { Inbound } from '../../../core/gateway.ts';
import { type ApprovalControl, approvalAt, decisionOf } from '../shared/approval-control.ts';
import { itemTexts } from '../shared/approval-text.ts';
import type { Caller } from './callers.ts';
import { discordStyle } from './card-item.ts';
import { commandOf, type Deed, type Desk } from './desk.ts';

/** Does what a button of a card asks for. `typed`: what was written into its form. */
export async function approvalPressed(
	desk: Desk,
	control: ApprovalControl,
	{ deed, typed, caller }: { deed: Deed; typed: string; caller: Caller },
): Promise<void> {
	if (control.action === 'details') return tellDetails(desk, control, deed, caller);
	await desk.handOver(inboundOf(control, deed, typed), caller);
}

function inboundOf(control: ApprovalControl, deed: Deed, typed: string): Inbound {
	const decision = decisionOf(control, typed);
	const command = commandOf(deed, 'stop', { run: control.run });
	if (decision === null) return command;
	const { id, principal, session, locale } = command;
	return { type: 'decision', id, principal, session, locale, decision, via: 'thread' };
}

/** Everything about a call, for one person: nothing is shortened, and the arguments are in a file. */
async function tellDetails(desk: Desk, control: ApprovalControl, { locale }: Deed, caller: Caller): Promise<void> {
	const say = desk.sayIn(locale);
	const found = await approvalAt(desk.host, control);
	const texts = found && itemTexts(found.approval, found.index, say, discordStyle, Number.POSITIVE_INFINITY);
	const item = found?.approval.items[found.index];
	if (texts === null || item === undefined) return void (await caller.tell(say('card.unknown')));
	const { title, state, facts, change } = texts;
	const files = [
		{ name: 'arguments.json', text: texts.arguments },
		...(change === null ? [] : [{ name: 'difference.txt', text: change.text }]),
	];
	const about = say('card.details', { tool: title, revision: item.revision, file: '`arguments.json`' });
	await caller.tell([about, state, ...facts.map((fact) => `- ${fact}`)].join('\n'), files);
}
