import * as check from './checks.ts';

type Data = Record<string, unknown>;

/** Which models take what, as far as it matters to us. */
const alwaysThinks = (model: string) => /-5-[5-9]|(fable|mythos)-5-1/.test(model);
const takesSampling = (model: string) => /claude-3-|-4-[0-6](-\d{8})?$|-4-\d{8}$/.test(model);
const wantsBudget = (model: string) => /claude-3-|-4-[0-5](-\d{8})?$|-4-\d{8}$/.test(model);

/** Rules about fields that go together. */
export function checkAnthropicRules(body: Data): void {
	const model = check.nonEmptyAt(body.model, 'model');
	const limit = body.max_tokens;
	if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1) check.refuse('max_tokens: Field required');
	const thinks = checkThinking(body, model, Number(limit));
	checkForcedTool(body, model, thinks);
	checkSampling(body, model, thinks);
	checkEffort(body);
	const marks = JSON.stringify(body).split('"cache_control":{').length - 1;
	if (marks > 4) check.refuse(`A maximum of 4 blocks with cache_control may be provided. Found ${marks}.`);
}

function checkThinking(body: Data, model: string, limit: number): boolean {
	if (body.thinking === undefined) return alwaysThinks(model);
	const thinking = check.objectAt(body.thinking, 'thinking');
	const type = check.oneOf(thinking.type, ['enabled', 'adaptive', 'disabled'], 'thinking.type');
	const supported = wantsBudget(model) ? ['enabled', 'disabled'] : alwaysThinks(model) ? ['adaptive'] : null;
	if (supported && !supported.includes(type)) check.refuse(`"thinking.type.${type}" is not supported for this model.`);
	if (type === 'enabled') {
		check.onlyFields(thinking, ['type', 'budget_tokens', 'display'], 'thinking');
		const budget = Number(thinking.budget_tokens);
		if (!(budget >= 1024))
			check.refuse('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
		if (budget >= limit) check.refuse('`max_tokens` must be greater than `thinking.budget_tokens`');
	} else check.onlyFields(thinking, ['type', 'display'], 'thinking');
	return type !== 'disabled';
}

function checkForcedTool({ tool_choice: choice }: Data, model: string, thinks: boolean): void {
	if (choice === undefined) return;
	const { type } = check.objectAt(choice, 'tool_choice');
	if (type !== 'any' && type !== 'tool') return;
	if (alwaysThinks(model)) check.refuse('tool_choice: type "tool" and "any" are not supported for this model.');
	if (thinks) check.refuse('Thinking may not be enabled when tool_choice forces tool use.');
}

function checkSampling({ temperature, top_p }: Data, model: string, thinks: boolean): void {
	if (temperature === undefined && top_p === undefined) return;
	if (!takesSampling(model)) check.refuse('`temperature` is deprecated for this model.');
	if (thinks && temperature !== 1) check.refuse('`temperature` may only be set to 1 when thinking is enabled.');
}

function checkEffort({ output_config: config }: Data): void {
	if (config === undefined) return;
	const { effort } = check.objectAt(config, 'output_config');
	check.oneOf(effort, ['low', 'medium', 'high', 'xhigh', 'max'], 'output_config.effort');
}
