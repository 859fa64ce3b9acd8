import type { SessionUpdate } from '@agentclientprotocol/sdk';
import type { ExternalEvent } from '../../../core/external-agent.ts';

/** Reads the updates of one prompt. */
export interface UpdateReader {
	take(update: SessionUpdate): ExternalEvent[];
	/** All that the agent has said. */
	text(): string;
}

export function createUpdateReader(): UpdateReader {
	const titles = new Map<string, string>();
	let text = '';
	let isAfterTool = false;
	return {
		take(update) {
			switch (update.sessionUpdate) {
				case 'agent_message_chunk': {
					if (update.content.type !== 'text') return [];
					const gap = isAfterTool && text !== '' ? '\n\n' : '';
					isAfterTool = false;
					text += gap + update.content.text;
					return [{ type: 'text_delta', text: gap + update.content.text }];
				}
				case 'tool_call':
					isAfterTool = true;
					titles.set(update.toolCallId, update.title);
					return [{ type: 'tool_started', tool: update.title }];
				case 'tool_call_update': {
					const tool = titles.get(update.toolCallId);
					const isOver = update.status === 'completed' || update.status === 'failed';
					if (tool === undefined || !isOver) return [];
					return [{ type: 'tool_finished', tool, isError: update.status === 'failed' }];
				}
				default:
					return [];
			}
		},
		text: () => text,
	};
}
