import { blockProblems } from './block-rules.ts';
import { type Check, flag, oneOf, plainText, problem, shape, text } from './checks.ts';
import { isObject, type JsonObject, objectsIn } from './json.ts';
import { refuseWith, SlackRefusal } from './refusal.ts';

/** Bytes of a view. https://docs.slack.dev/reference/views */
const MAX_BYTES = 250_000;
const blocks: Check = () => {};
const common = { callback_id: text(255, 0), private_metadata: text(3000, 0), external_id: text(255) };

const MODAL = shape(
	{ type: oneOf('modal'), title: plainText(24), blocks },
	{ ...common, close: plainText(24), submit: plainText(24), clear_on_close: flag, notify_on_close: flag },
);
const HOME = shape({ type: oneOf('home'), blocks }, common);

/** The view, refused as Slack refuses it. */
export function checkView(view: unknown, type: 'modal' | 'home'): JsonObject {
	if (!isObject(view)) throw new SlackRefusal('invalid_arguments');
	if (JSON.stringify(view).length > MAX_BYTES) throw new SlackRefusal('view_too_large');
	const problems: string[] = [];
	(type === 'modal' ? MODAL : HOME)(view, '/view', problems);
	if (!Array.isArray(view.blocks)) problems.push(problem('must be an array', '/view/blocks'));
	else problems.push(...blockProblems(view.blocks, type, '/view/blocks'));
	const asks = objectsIn(view.blocks).some((block) => block.type === 'input');
	if (type === 'modal' && asks && view.submit === undefined)
		problems.push(problem('missing required field: submit', '/view'));
	if (problems.length > 0) refuseWith('invalid_arguments', problems);
	return view;
}
