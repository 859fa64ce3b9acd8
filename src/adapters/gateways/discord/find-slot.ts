import type { Place, Slot } from '../../../core/gateway.ts';
import { controlId, type RunControl } from '../shared/controls.ts';
import { showsPage } from './card-page.ts';
import type { DiscordBody } from './discord-body.ts';
import type { Found } from './requests.ts';

const BOARD_ACTIONS: readonly RunControl['action'][] = ['stop', 'retry', 'follow_up', 'why', 'good', 'bad'];

/**
 * The message that shows a slot among the latest of a channel, newest first; null when it is not there. A nonce is not
 * told again by Discord, so a board is known by its buttons, a card by the request it names, and what else comes after
 * the board by its first line.
 */
export function findSlot(place: Place, slot: Slot, body: DiscordBody, latest: readonly Found[], bot: string) {
	const own = latest.filter(({ author }) => author.id === bot);
	const board = own.findIndex((message) => isBoard(message, place));
	if (slot.key === 'board') return own[board] ?? null;
	if (slot.key.startsWith('approval:')) return own.find(({ content }) => showsPage(content, slot.key)) ?? null;
	const after = board === -1 ? own : own.slice(0, board);
	return after.find(({ content }) => firstLine(content) === firstLine(body.content)) ?? null;
}

/** Whether a message has the buttons of the run's board. */
export function isBoard({ components }: Found, { session, run }: Place): boolean {
	if (run === null) return false;
	const common = { session, run, orchestration: null, agent: null };
	const ids = new Set(BOARD_ACTIONS.map((action) => controlId({ ...common, action })));
	return customIds(components ?? []).some((id) => ids.has(id));
}

const firstLine = (content: string): string => content.trim().split('\n', 1)[0] ?? '';

function customIds(components: readonly object[]): string[] {
	return components.flatMap((component) => [
		...('custom_id' in component && typeof component.custom_id === 'string' ? [component.custom_id] : []),
		...('components' in component && Array.isArray(component.components) ? customIds(component.components) : []),
	]);
}
