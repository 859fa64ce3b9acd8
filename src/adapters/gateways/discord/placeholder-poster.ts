import type { Client } from 'discord.js';
import type { Gateway, RenderContext, ThreadMessage } from '../../../core/gateway.ts';
import { type Control, type Controls, controlId } from '../shared/controls.ts';
import type { Places } from '../shared/places.ts';
import type { DiscordBody } from './discord-body.ts';
import { conversationOf, type DiscordSpot, messageId, messageOf } from './discord-spot.ts';

type Poster = Pick<Gateway<DiscordBody>, 'render' | 'post' | 'edit' | 'remove'>;

const body = (content: string, controls: Control[] = []): DiscordBody => ({
	content: content.slice(0, 1900) || '-',
	card: null,
	buttons: controls.map((control) => ({ control, label: control.action, emoji: null, style: 'secondary' })),
	files: [],
	isSilent: false,
});

export function createPlaceholderPoster(client: Client, places: Places<DiscordSpot>, controls: Controls): Poster {
	const rows = ({ buttons }: DiscordBody) => {
		const all = buttons.map(({ control, label }) => ({ type: 2, style: 2, label, custom_id: controlId(control) }));
		return all.length === 0
			? []
			: [{ type: 1, components: all.slice(0, 5) }, ...(all.length > 5 ? [{ type: 1, components: all.slice(5) }] : [])];
	};
	return {
		render(message: ThreadMessage, { place }: RenderContext) {
			const control = (action: Control['action']): Control => ({
				session: place.session,
				run: place.run ?? '',
				action,
				orchestration: null,
				agent: null,
			});
			if (message.type === 'board') {
				const text = `${message.title} ${message.rows.map(({ agent, state, note }) => `${agent} ${state} ${note ?? ''}`).join(' | ')} ${message.finished ?? 'running'} ${message.stoppedBy ?? ''}`;
				return [
					body(
						text,
						message.finished === null
							? [control('stop')]
							: (['retry', 'follow_up', 'why', 'good', 'bad'] as const).map(control),
					),
				];
			}
			if (message.type === 'slot') return [body(`${message.agent}: ${message.content}`)];
			if (message.type === 'tally') return [body(`tally ${message.winner}`)];
			if (message.type === 'final' && !message.streaming) return [body(`final: ${message.content}`)];
			return [];
		},
		async post(place, slot, given) {
			const spot = await places.get(place.session);
			if (spot === null) throw new Error('no spot');
			const target = spot.thread ?? spot.channel;
			const reference = ['dm', 'replies'].includes(spot.form) && (spot.root ?? spot.replyTo);
			const sent = (await client.rest.post(`/channels/${target}/messages`, {
				body: {
					content: given.content,
					components: rows(given),
					nonce: slot.nonce,
					enforce_nonce: true,
					allowed_mentions: { parse: [] },
					flags: 4,
					...(reference ? { message_reference: { message_id: reference, fail_if_not_exists: false } } : {}),
				},
			})) as { id: string };
			if (slot.key === 'board') {
				let thread = spot.thread;
				if (spot.form === 'text' && thread === null) {
					thread = (
						(await client.rest.post(`/channels/${target}/messages/${sent.id}/threads`, {
							body: { name: given.content.slice(0, 90) },
						})) as { id: string }
					).id;
				}
				const name = thread === null ? conversationOf(target, sent.id) : conversationOf(thread);
				await places.put(
					place.session,
					{ ...spot, root: spot.form === 'text' ? (spot.root ?? sent.id) : sent.id, rootRun: place.run, thread },
					name,
				);
			}
			await controls.keep(
				given.buttons.map(({ control }) => control),
				{ tenant: spot.guild ?? 'dm', channel: target, message: sent.id },
			);
			return messageId(target, sent.id);
		},
		async edit(place, _slot, id, given) {
			const { channel, message } = messageOf(id);
			const spot = await places.get(place.session);
			await client.rest.patch(`/channels/${channel}/messages/${message}`, {
				body: { content: given.content, components: rows(given), allowed_mentions: { parse: [] }, flags: 4 },
			});
			await controls.keep(
				given.buttons.map(({ control }) => control),
				{ tenant: spot?.guild ?? 'dm', channel, message },
			);
			return id;
		},
		async remove(_place, _slot, id) {
			const { channel, message } = messageOf(id);
			await client.rest.delete(`/channels/${channel}/messages/${message}`);
		},
	};
}
