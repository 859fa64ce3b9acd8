import { ComponentType } from 'discord-api-types/v10';
import type { Form, Path } from './form.ts';
import { type Data, dataOf } from './wire.ts';

const SELECTS: readonly number[] = [
	ComponentType.StringSelect,
	ComponentType.UserSelect,
	ComponentType.RoleSelect,
	ComponentType.MentionableSelect,
	ComponentType.ChannelSelect,
];

export const isSelect = (type: number): boolean => SELECTS.includes(type);

/** Checks a select menu of a message or modal; its custom id counts among those already seen. */
export function checkSelect(seen: { form: Form; customIds: Set<string> }, select: Data, path: Path): void {
	const { form, customIds } = seen;
	const id = form.text(select.custom_id, [...path, 'custom_id'], { required: true, min: 1, max: 100 });
	if (id !== null && customIds.has(id))
		form.fault([...path, 'custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
	if (id !== null) customIds.add(id);
	form.text(select.placeholder, [...path, 'placeholder'], { max: 150 });
	const least = form.whole(select.min_values, [...path, 'min_values'], { min: 0, max: 25 }) ?? 1;
	const most = form.whole(select.max_values, [...path, 'max_values'], { min: 1, max: 25 }) ?? 1;
	if (least > most)
		form.fault(
			[...path, 'max_values'],
			'SELECT_COMPONENT_MAX_VALUES_LESS_THAN_MIN',
			'max_values must be at least min_values',
		);
	if (Number(select.type) === ComponentType.StringSelect) checkOptions(form, select, path, { most, bounds: [1, 25] });
}

interface Choice {
	most: number;
	bounds: readonly [number, number];
}

/** Checks the options of a select, radio or checkbox group: labels, values and descriptions of 100, values once. */
export function checkOptions(form: Form, holder: Data, path: Path, { most, bounds }: Choice): void {
	const [min, max] = bounds;
	const options = form.list(holder.options, [...path, 'options'], { required: true, min, max });
	const values = new Set<string>();
	for (const [at, given] of options.entries()) {
		const option = dataOf(given);
		const here = [...path, 'options', at];
		form.text(option.label, [...here, 'label'], { required: true, min: 1, max: 100 });
		form.text(option.description, [...here, 'description'], { max: 100 });
		const value = form.text(option.value, [...here, 'value'], { required: true, min: 1, max: 100 });
		if (value === null) continue;
		if (values.has(value))
			form.fault(
				[...here, 'value'],
				'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
				'The specified option value is already used',
			);
		values.add(value);
	}
	if (most > options.length)
		form.fault(
			[...path, 'max_values'],
			'SELECT_COMPONENT_MAX_VALUES_TOO_MANY',
			'max_values exceeds the number of options',
		);
}
