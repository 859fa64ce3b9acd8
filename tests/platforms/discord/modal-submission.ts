import { ComponentType } from 'discord-api-types/v10';
import { attachmentJson } from './encode.ts';
import { storeFile } from './messages.ts';
import { type GivenFile, uploadOf } from './person-options.ts';
import type { Platform } from './platform.ts';
import { type Data, dataOf, listOf, numberOf, textOf } from './wire.ts';
import type { Channel } from './world.ts';

type Values = Readonly<Record<string, string | readonly string[] | readonly GivenFile[]>>;

/** What a client sends of a filled-in modal. Throws for what it would not send: a missing, short or long text. */
export function submittedParts(platform: Platform, channel: Channel, modal: Data, values: Values) {
	const attachments: Record<string, Data> = {};
	const unknown = new Set(Object.keys(values));

	const filled = (input: Data, label: string): Data => {
		const id = textOf(input.custom_id);
		const given = values[id] ?? values[label];
		unknown.delete(id);
		unknown.delete(label);
		const common = { type: input.type, id: numberOf(input.id), custom_id: id };
		const type = Number(input.type);
		if (type === ComponentType.TextInput) return { ...common, value: checkedText(input, label || id, given) };
		if (type === ComponentType.Checkbox) return { ...common, value: given === 'true' };
		if (type === ComponentType.RadioGroup) return { ...common, value: typeof given === 'string' ? given : null };
		const chosen = typeof given === 'string' ? [given] : (given ?? []);
		if (chosen.length === 0 && input.required !== false) throw new Error(`${label || id} is required`);
		return { ...common, values: chosen.map((one) => (typeof one === 'string' ? one : attach(one))) };
	};

	const attach = (file: GivenFile): string => {
		const attachment = storeFile(platform, channel, uploadOf(file), { ephemeral: true });
		attachments[attachment.id] = attachmentJson(attachment);
		return attachment.id;
	};

	const part = (component: Data): Data => {
		const common = { type: component.type, id: numberOf(component.id) };
		if (component.type === ComponentType.Label)
			return { ...common, component: filled(dataOf(component.component), textOf(component.label)) };
		const inputs = listOf(component.components).map((input) => filled(dataOf(input), textOf(dataOf(input).label)));
		return component.type === ComponentType.ActionRow ? { ...common, components: inputs } : common;
	};

	const components = listOf(modal.components).map((component) => part(dataOf(component)));
	if (unknown.size > 0) throw new Error(`the modal has no ${[...unknown].join(', ')}`);
	return { components, resolved: { attachments } };
}

function checkedText(input: Data, label: string, given: Values[string] | undefined): string {
	const value = typeof given === 'string' ? given : textOf(input.value);
	if (value === '' && input.required !== false) throw new Error(`${label} is required`);
	const [min, max] = [numberOf(input.min_length), numberOf(input.max_length) || 4000];
	if (value !== '' && (value.length < min || value.length > max))
		throw new Error(`${label} must have ${min} to ${max} characters`);
	return value;
}
