import type { Skill } from '../../../core/abilities.ts';

export function skillsSection(skills: readonly Skill[]): string {
	return [
		'Before a task that one of these skills covers, read the skill by its name and follow it.',
		...skills.map((skill) => `- ${skill.name}: ${skill.description}`),
	].join('\n');
}
