import { canonicalJson } from '../core/canonical-json.ts';
import type { ArgumentTest, PolicyRule, ToolPattern } from '../core/risk-policy.ts';
import type { Tool } from '../core/tool.ts';
import { isMatch } from './bounded-pattern.ts';

/**
 * Every part of a call's arguments with its path; the members of a list have the path of the list. A dot that belongs to
 * a name is written `\.`, so that no name can pass for a path.
 */
export type ArgumentParts = readonly (readonly [path: string, value: unknown])[];

export function partsOf(input: unknown, path = ''): ArgumentParts {
	if (Array.isArray(input)) {
		const members = input.flatMap((one) => partsOf(one, path));
		return members.length === 0 ? [[path, input]] : members;
	}
	if (typeof input !== 'object' || input === null) return [[path, input]];
	const below = Object.entries(input).flatMap(([key, one]) => {
		const name = key.replace(/[.\\]/g, '\\$&');
		return partsOf(one, path === '' ? name : `${path}.${name}`);
	});
	return path === '' && below.length > 0 ? below : [[path, input], ...below];
}

/** Whether a pattern of the policy means a tool. */
export function meansTool(
	{ source, tool }: ToolPattern,
	{ source: own, name }: Pick<Tool, 'source' | 'name'>,
): boolean {
	if (source !== null && !fits(source, own)) return false;
	const short = name.startsWith(`${own}__`) ? name.slice(own.length + 2) : name;
	return tool === null || fits(tool, name) || fits(tool, short);
}

/** Whether a rule matches a call. Throws when a pattern takes too long. */
export function matches(rule: PolicyRule, tool: Pick<Tool, 'source' | 'name' | 'effects'>, input: unknown): boolean {
	if (!meansTool(rule, tool) || rule.effects?.includes(tool.effects) === false) return false;
	if (rule.arguments === null) return true;
	const parts = partsOf(input);
	const tests = [...rule.arguments];
	if (rule.verdict !== 'allow') {
		return tests.every(([path, test]) => parts.some(([at, value]) => at === path && passes(test, value)));
	}
	// What lets a call run must hold for all of it: no argument that the rule does not know, and no member of a list.
	const isNamed = (at: string) => tests.some(([path]) => at === path || at.startsWith(`${path}.`));
	const holdsFor = ([path, test]: readonly [string, ArgumentTest]) => {
		const own = parts.filter(([at]) => at === path);
		return own.length > 0 && own.every(([, value]) => passes(test, value));
	};
	return parts.every(([at, value]) => isNamed(at) || isMap(value, at)) && tests.every(holdsFor);
}

function passes(test: ArgumentTest, value: unknown): boolean {
	switch (test.type) {
		case 'any':
			return true;
		case 'equals':
			return canonicalJson(value) === canonicalJson(test.value);
		case 'in':
			return test.values.some((one) => canonicalJson(one) === canonicalJson(value));
		case 'matches':
			return isMatch(test.pattern, typeof value === 'string' ? value : canonicalJson(value));
	}
}

/** A map whose members are judged each for itself; one without members is judged as it is, unless it is all there is. */
const isMap = (value: unknown, at: string) =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && (at === '' || Object.keys(value).length > 0);

/** `*` stands for any characters; everything else for itself. In time that grows with the product of the lengths. */
function fits(glob: string, text: string): boolean {
	let [at, mark, star, from] = [0, 0, -1, 0];
	while (at < text.length) {
		if (glob[mark] === '*') {
			star = mark++;
			from = at;
		} else if (glob[mark] === text[at]) {
			mark++;
			at++;
		} else if (star >= 0) {
			mark = star + 1;
			at = ++from;
		} else return false;
	}
	while (glob[mark] === '*') mark++;
	return mark === glob.length;
}
