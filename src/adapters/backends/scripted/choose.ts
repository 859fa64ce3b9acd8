import type { Prompt } from './prompt.ts';
import type { Choice, Script, Step, When } from './script.ts';
import { couldBe } from './template.ts';

/** The step that answers a request: a pure function of the request's content. */
export function chooseStep(steps: readonly Step[], prompt: Prompt): Step | null {
	const matching = steps.filter((step) => step.when === undefined || holds(step.when, prompt));
	return matching[Math.min(prompt.replies, matching.length - 1)] ?? null;
}

function holds(when: When, prompt: Prompt): boolean {
	const { answers, contains, lacks, question } = when;
	if (answers !== undefined && prompt.answers.length !== answers) return false;
	if (contains !== undefined && !prompt.answers.some((answer) => includes(answer.content, contains))) return false;
	if (lacks !== undefined && prompt.answers.some((answer) => includes(answer.content, lacks))) return false;
	return question === undefined || includes(prompt.question, question);
}

const includes = (text: string, phrase: string) => text.toLowerCase().includes(phrase.toLowerCase());

/** The name a vote goes to. */
export function chooseVote(choice: Choice, prompt: Prompt, script: Script): string {
	const first = prompt.votable[0] ?? '';
	const votable = prompt.answers.filter((answer) => prompt.votable.includes(answer.name));
	if (typeof choice !== 'string') {
		return votable.find((answer) => includes(answer.content, choice.contains))?.name ?? first;
	}
	switch (choice) {
		case 'first':
			return first;
		case 'best':
			return votable.reduce((best, answer) => (answer.content.length > best.content.length ? answer : best), {
				name: first,
				content: '',
			}).name;
		case 'own':
			return ownAnswer(prompt, script)?.name ?? first;
		default:
			return choice;
	}
}

/** The agent's own answer: marked as such, or one that its script can have written. */
export function ownAnswer(prompt: Prompt, script: Script): Prompt['answers'][number] | null {
	const written = [...script.answer, ...script.evaluate].flatMap((step) => step.new_answer ?? []);
	return (
		prompt.answers.find((answer) => answer.mine) ??
		prompt.answers.find((answer) => written.some((template) => couldBe(template, answer.content))) ??
		null
	);
}
