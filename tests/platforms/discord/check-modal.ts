import { ComponentType } from 'discord-api-types/v10';
import { checkOptions, checkSelect, isSelect } from './check-selects.ts';
import { createForm, type Form, type Path } from './form.ts';
import { type Data, dataOf } from './wire.ts';

const MAX_INPUT = 4000;

interface Seen {
	form: Form;
	customIds: Set<string>;
}

/** Throws 50035 for a modal that Discord would not open (components/reference, receiving-and-responding). */
export function checkModal(modal: Data): void {
	const form = createForm();
	const seen: Seen = { form, customIds: new Set() };
	form.text(modal.custom_id, ['data', 'custom_id'], { required: true, min: 1, max: 100 });
	form.text(modal.title, ['data', 'title'], { required: true, min: 1, max: 45 });
	const components = form.list(modal.components, ['data', 'components'], { required: true, min: 1, max: 5 });
	for (const [at, component] of components.entries()) checkPart(seen, dataOf(component), ['data', 'components', at]);
	form.check();
}

function checkPart(seen: Seen, part: Data, path: Path): void {
	const { form } = seen;
	const type = Number(part.type);
	if (type === ComponentType.TextDisplay) {
		form.text(part.content, [...path, 'content'], { required: true, min: 1, max: MAX_INPUT });
		return;
	}
	if (type === ComponentType.ActionRow) {
		const inputs = form.list(part.components, [...path, 'components'], { required: true, min: 1, max: 1 });
		for (const input of inputs) {
			if (Number(dataOf(input).type) !== ComponentType.TextInput) refuseType(form, [...path, 'components', 0], '4');
			else checkText(seen, dataOf(input), [...path, 'components', 0], true);
		}
		return;
	}
	if (type !== ComponentType.Label) return refuseType(form, path, '1, 10, 18');
	form.text(part.label, [...path, 'label'], { required: true, min: 1, max: 45 });
	form.text(part.description, [...path, 'description'], { max: 100 });
	checkInput(seen, dataOf(part.component), [...path, 'component']);
}

const refuseType = (form: Form, path: Path, choices: string) =>
	form.fault([...path, 'type'], 'UNION_TYPE_CHOICES', `Value of field "type" must be one of (${choices}).`);

function checkInput(seen: Seen, input: Data, path: Path): void {
	const type = Number(input.type);
	if (type === ComponentType.TextInput) return checkText(seen, input, path, false);
	if (isSelect(type)) return checkSelect(seen, input, path);
	if (type === ComponentType.FileUpload) {
		checkCustomId(seen, input, path);
		return checkCounts(seen.form, input, path);
	}
	if (type === ComponentType.RadioGroup) {
		checkCustomId(seen, input, path);
		return checkOptions(seen.form, input, path, { most: 1, bounds: [2, 10] });
	}
	if (type === ComponentType.CheckboxGroup) {
		checkCustomId(seen, input, path);
		checkCounts(seen.form, input, path);
		return checkOptions(seen.form, input, path, { most: 1, bounds: [1, 10] });
	}
	if (type === ComponentType.Checkbox) return checkCustomId(seen, input, path);
	refuseType(seen.form, path, '3, 4, 5, 6, 7, 8, 19, 21, 22, 23');
}

function checkCustomId({ form, customIds }: Seen, input: Data, path: Path): void {
	const at = [...path, 'custom_id'];
	const id = form.text(input.custom_id, at, { required: true, min: 1, max: 100 });
	if (id === null) return;
	if (customIds.has(id)) form.fault(at, 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
	customIds.add(id);
}

function checkCounts(form: Form, input: Data, path: Path): void {
	form.whole(input.min_values, [...path, 'min_values'], { min: 0, max: 10 });
	form.whole(input.max_values, [...path, 'max_values'], { min: 1, max: 10 });
}

function checkText(seen: Seen, input: Data, path: Path, inRow: boolean): void {
	const { form } = seen;
	checkCustomId(seen, input, path);
	form.whole(input.style, [...path, 'style'], { required: true, min: 1, max: 2 });
	if (inRow) form.text(input.label, [...path, 'label'], { required: true, min: 1, max: 45 });
	else if (input.label !== undefined)
		form.fault(
			[...path, 'label'],
			'TEXT_INPUT_LABEL_IN_LABEL',
			'The label of an input inside a Label component belongs to the Label',
		);
	const min = form.whole(input.min_length, [...path, 'min_length'], { min: 0, max: MAX_INPUT }) ?? 0;
	const max = form.whole(input.max_length, [...path, 'max_length'], { min: 1, max: MAX_INPUT }) ?? MAX_INPUT;
	if (min > max) form.fault([...path, 'max_length'], 'TEXT_INPUT_LENGTHS', 'max_length must be at least min_length');
	form.text(input.placeholder, [...path, 'placeholder'], { max: 100 });
	form.text(input.value, [...path, 'value'], { max });
}
