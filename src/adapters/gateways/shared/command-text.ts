import type { CommandField, CommandForm } from '../../../core/command-form.ts';

/** A command as it was typed: the command checks its options. */
export interface TypedCommand {
	name: string;
	options: Record<string, unknown>;
}

/** What phones and Slack make of two hyphens before a flag. */
const FLAG = /^(?:--|[\u2013\u2014])([a-z][a-z-]*)(?:=(.*))?$/su;
/** The option that takes all that follows. */
const FREE = 'text';
const QUOTED = /^[“”„"](.*)[“”"]$/su;

/**
 * Reads what follows `/massgen` or a mention: `stop`, `rate good`, `memory forget id:1a2b`, `memory add text:We are ten`,
 * `ask Why? --team trio --quick`, or only a question.
 * Flags stand before or after the text, never inside of it. What is not a command with nothing but its own options
 * is a question. Null when there is nothing to ask.
 */
export function readCommand(text: string, forms: readonly CommandForm[]): TypedCommand | null {
	const trimmed = text.trim();
	if (trimmed === '') return null;
	const [first = ''] = trimmed.split(/\s/, 1);
	const named = forms.find(({ name }) => name === first.toLowerCase());
	const ask = forms.find(({ name }) => name === 'ask');
	const rest = trimmed.slice(first.length).trim();
	if (named !== undefined && named.name !== 'ask') {
		const options = optionsOf(rest, named);
		if (options !== null) return { name: named.name, options };
	}
	if (ask === undefined) return null;
	return question(named === ask ? rest : trimmed, ask);
}

/** Where the first of a command's options stands by its name. */
const namesOf = ({ fields }: CommandForm) =>
	new RegExp(`(?<!\\S)(?:${fields.map(({ name }) => name).join('|') || '-'}):`);

/** Whether a message in a thread asks to stop its run: `stop`, `!stop`, with or without a full stop. */
export const isStopWord = (text: string): boolean => /^!?stop[.!]?$/i.test(text.trim());

function question(text: string, form: CommandForm): TypedCommand | null {
	const words = text.split(/(\s+)/);
	const options: Record<string, unknown> = {};
	takeFlags(words, form, options, 'first');
	takeFlags(words, form, options, 'last');
	const asked = words.join('').trim();
	if (asked === '') return null;
	return { name: form.name, options: { question: QUOTED.exec(asked)?.[1] ?? asked, ...options } };
}

/** Takes flags with their values off one end of the words. */
function takeFlags(words: string[], form: CommandForm, options: Record<string, unknown>, end: 'first' | 'last'): void {
	for (;;) {
		const solid = words.flatMap((word, index) => (word.trim() === '' ? [] : [index]));
		const at = end === 'first' ? solid.slice(0, 2) : solid.slice(-2);
		const taken = flagAt(words, at, form, end);
		if (taken === null) return;
		options[taken.field.name] = taken.value;
		words.splice(taken.from, taken.count);
	}
}

function flagAt(words: readonly string[], at: readonly number[], form: CommandForm, end: 'first' | 'last') {
	const [first, second] = at;
	if (first === undefined) return null;
	const pair = flagOf(words[first] ?? '', form);
	if (pair !== null && pair.value === null && pair.field.type !== 'flag' && second !== undefined) {
		return { field: pair.field, value: words[second] ?? '', from: first, count: second - first + 1 };
	}
	const only = end === 'first' ? first : (second ?? first);
	const single = flagOf(words[only] ?? '', form);
	if (single === null) return null;
	const value = single.value ?? (single.field.type === 'flag' ? true : '');
	return {
		field: single.field,
		value: value === 'true' ? true : value === 'false' ? false : value,
		from: only,
		count: 1,
	};
}

function flagOf(word: string, { fields }: CommandForm): { field: CommandField; value: string | null } | null {
	const found = FLAG.exec(word);
	if (found === null) return null;
	const field = fields.find(({ name }) => name === found[1] && name !== 'question');
	return field === undefined ? null : { field, value: found[2] ?? null };
}

/** Options as Discord writes them and our texts do: `id:1a2b all:true`, and `text:` with all that follows. */
function namedOptions(text: string, { fields }: CommandForm): Record<string, unknown> | null {
	const options: Record<string, unknown> = {};
	for (let left = text; left !== ''; ) {
		const [, name = '', rest = ''] = /^([a-z]+):\s*(.*)$/s.exec(left) ?? [];
		const field = fields.find((one) => one.name === name);
		const value = field?.name === FREE ? rest : (rest.split(/\s/, 1)[0] ?? '');
		if (field === undefined || value === '') return null;
		if (field.type === 'flag' && value !== 'true' && value !== 'false') return null;
		options[name] = field.type === 'flag' ? value === 'true' : (QUOTED.exec(value)?.[1] ?? value);
		left = rest.slice(value.length).trim();
	}
	return options;
}

/** The options of a command: free text only after `text:`, or after the word for what to do; null when there is more. */
function optionsOf(whole: string, form: CommandForm): Record<string, unknown> | null {
	const begin = namesOf(form).exec(whole)?.index ?? whole.length;
	const named = namedOptions(whole.slice(begin).trim(), form);
	if (named === null) return null;
	const words = whole.slice(0, begin).split(/(\s+)/);
	const options: Record<string, unknown> = named;
	takeFlags(words, form, options, 'first');
	takeFlags(words, form, options, 'last');
	const rest = words.join('').trim();
	if (rest === '') return options;
	const takesMore = form.fields.some(({ name }) => name === FREE) && options[FREE] === undefined;
	const word = takesMore ? (rest.split(/\s/, 1)[0] ?? '') : rest;
	const more = rest.slice(word.length).trim();
	const chosen = word.toLowerCase();
	const positional = form.fields.find(({ type, choices }) => type === 'choice' && choices.includes(chosen));
	if (positional === undefined) return null;
	return { ...options, [positional.name]: chosen, ...(more === '' ? {} : { [FREE]: QUOTED.exec(more)?.[1] ?? more }) };
}
