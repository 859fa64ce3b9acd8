import type { Options } from '@anthropic-ai/claude-agent-sdk';

/** With no settings of the machine and nothing allowed beforehand, it asks before it does anything but read in its folder. */
export const agent: Options = {
	model: 'claude-sonnet-5',
	systemPrompt: 'You try things out before you say that they work.',
	tools: ['Read', 'Write', 'Edit', 'Bash'],
	settingSources: [],
};
