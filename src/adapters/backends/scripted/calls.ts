import type { ToolCall } from '../../../core/message.ts';
import { chooseVote, ownAnswer } from './choose.ts';
import type { Prompt } from './prompt.ts';
import type { Script, Step } from './script.ts';
import { fill } from './template.ts';

/** Longest part of the question that a template repeats, in characters. */
const QUESTION_LENGTH = 200;

/** Fills templates for one prompt. */
export function createFilling(prompt: Prompt, script: Script): (template: string) => string {
	const question = prompt.question.replace(/\s+/g, ' ').trim();
	const values = {
		question: question.length > QUESTION_LENGTH ? `${question.slice(0, QUESTION_LENGTH).toWellFormed()}…` : question,
		answers: String(prompt.answers.length),
		date: prompt.date,
	};
	const own = ownAnswer(prompt, script)?.content ?? fill(script.answer[0]?.new_answer?.[0] ?? '', values);
	return (template) => fill(template, { ...values, own });
}

/** The calls of one step, with ids that a repeated request gets again. */
export function callsOf(step: Step, prompt: Prompt, script: Script, filling: (template: string) => string): ToolCall[] {
	const calls: Omit<ToolCall, 'id'>[] = [];
	const add = (name: string, input: unknown) => calls.push({ name, arguments: JSON.stringify(input) });
	for (const { tool, arguments: input } of step.call ?? []) add(tool, input);
	for (const content of step.new_answer ?? []) add('new_answer', { content: filling(content) });
	for (const choice of step.vote ?? []) {
		add('vote', { agent_id: chooseVote(choice, prompt, script), reason: filling(step.reason) });
	}
	if (step.submit) add('submit', { confirmed: true });
	if (step.restart !== undefined) {
		const { reason, instructions } = step.restart;
		add('restart_orchestration', { reason: filling(reason), instructions: filling(instructions) });
	}
	for (const { tool, arguments: text } of step.raw ?? []) calls.push({ name: tool, arguments: text });
	return calls.map((call, index) => ({ id: `call_${prompt.replies + 1}_${index + 1}`, ...call }));
}
