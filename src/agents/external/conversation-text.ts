import type { ExternalMessage } from '../../core/external-agent.ts';
import type { Message } from '../../core/message.ts';
import { PERMIT } from '../instructions/actions.ts';
import { spokenCall } from '../instructions/spoken-calls.ts';

/** A transcript as text: calls as they are made in writing, results as the user's words; user and assistant in turn. */
export function conversationText(messages: readonly Message[]): ExternalMessage[] {
	const turns: ExternalMessage[] = [];
	for (const message of messages) {
		const said = saidIn(message);
		const last = turns.at(-1);
		if (said.text === '') continue;
		if (last?.role === said.role) last.text += `\n\n${said.text}`;
		else turns.push(said);
	}
	return turns;
}

function saidIn(message: Message): ExternalMessage {
	switch (message.role) {
		case 'user':
			return { role: 'user', text: message.text };
		case 'tool':
			return { role: 'user', text: message.name === PERMIT.name ? '' : message.text };
		case 'assistant': {
			const calls = message.toolCalls.filter(({ name }) => name !== PERMIT.name);
			const written = calls.map((call) => spokenCall(call.name, call.arguments));
			return { role: 'assistant', text: [message.text.trim(), ...written].filter((part) => part !== '').join('\n') };
		}
	}
}
