import type { Abilities } from '../../../core/abilities.ts';

export function mediaSection(media: Abilities['media'], final: boolean): string {
	const able = `You can generate: ${media.join(', ')}.`;
	if (!final) return `${able} Save what you generate in the workspace and give its path in the answer.`;
	return `${able} When the answer needs one:
1. List what all agents made of that kind.
2. Look at or listen to each with the understanding tool.
3. Generate a better one that joins their strengths.
4. Save it and give its path in the answer.`;
}
