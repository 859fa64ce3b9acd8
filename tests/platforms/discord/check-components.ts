import { ButtonStyle, ComponentType } from 'discord-api-types/v10';
import { checkSelect, isSelect } from './check-selects.ts';
import type { Form, Path } from './form.ts';
import { type Data, dataOf, isData, listOf, textOf } from './wire.ts';

/** Bounds of discord.com/developers/docs/components/reference; the byte bound is discord-api-docs#8554 (observed). */
const MAX_COMPONENTS = 40;
const MAX_TEXT = 4000;
const MAX_TEXT_BYTES = 10_170;
const BYTES_PER_TEXT = 12;
const MAX_MEDIA = 64;

const IN_ROW = [ComponentType.Button];
const TOP_V2 = [
	ComponentType.ActionRow,
	ComponentType.Section,
	ComponentType.TextDisplay,
	ComponentType.MediaGallery,
	ComponentType.File,
	ComponentType.Separator,
	ComponentType.Container,
];
const IN_CONTAINER = TOP_V2.filter((type) => type !== ComponentType.Container);

interface Seen {
	form: Form;
	count: number;
	texts: string[];
	media: number;
	customIds: Set<string>;
	ids: Set<number>;
	/** Names that `attachment://` may use. */
	files: ReadonlySet<string>;
}

/** Checks the components of a message and collects what is wrong; `v2` as its flag says. */
export function checkComponents(form: Form, components: unknown, v2: boolean, files: ReadonlySet<string>): void {
	const seen: Seen = { form, count: 0, texts: [], media: 0, customIds: new Set(), ids: new Set(), files };
	const path = ['components'];
	const list = form.list(components, path, v2 ? {} : { max: 5 });
	checkAll(seen, list, path, v2 ? TOP_V2 : [ComponentType.ActionRow]);
	if (seen.count > MAX_COMPONENTS)
		form.fault(
			path,
			'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
			`The total number of components cannot exceed ${MAX_COMPONENTS}`,
		);
	const total = seen.texts.reduce((sum, text) => sum + text.length, 0);
	if (total > MAX_TEXT)
		form.fault(
			path,
			'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
			`Total text size of components cannot exceed ${MAX_TEXT}`,
		);
	const bytes = seen.texts.reduce((sum, text) => sum + Buffer.byteLength(text) + BYTES_PER_TEXT, 0);
	if (bytes > MAX_TEXT_BYTES || seen.media > MAX_MEDIA)
		form.fault(path, 'COMPONENT_SIZE_OBSERVED', 'Discord answers 500 to components of this size');
}

function checkAll(seen: Seen, list: readonly unknown[], path: Path, allowed: readonly number[]): void {
	for (const [at, component] of list.entries()) checkComponent(seen, component, [...path, at], allowed);
}

function checkComponent(seen: Seen, given: unknown, path: Path, allowed: readonly number[]): void {
	seen.count += 1;
	const component = dataOf(given);
	const type = Number(component.type);
	if (!isData(given) || !allowed.includes(type)) {
		const choices = allowed.join(', ');
		return seen.form.fault(
			[...path, 'type'],
			'UNION_TYPE_CHOICES',
			`Value of field "type" must be one of (${choices}).`,
		);
	}
	checkId(seen, component, path);
	if (type === ComponentType.ActionRow) return checkRow(seen, component, path);
	if (type === ComponentType.Button) return checkButton(seen, component, path);
	if (isSelect(type)) return checkSelect(seen, component, path);
	if (type === ComponentType.Section) return checkSection(seen, component, path);
	if (type === ComponentType.TextDisplay) {
		seen.texts.push(
			seen.form.text(component.content, [...path, 'content'], { required: true, min: 1, max: MAX_TEXT }) ?? '',
		);
		return;
	}
	if (type === ComponentType.Container) {
		const children = seen.form.list(component.components, [...path, 'components'], { required: true, min: 1 });
		seen.form.whole(component.accent_color, [...path, 'accent_color'], { min: 0, max: 0xffffff });
		return checkAll(seen, children, [...path, 'components'], IN_CONTAINER);
	}
	if (type === ComponentType.Separator) seen.form.whole(component.spacing, [...path, 'spacing'], { min: 1, max: 2 });
	if (type === ComponentType.File) checkMedia(seen, component.file, [...path, 'file'], true);
	if (type === ComponentType.Thumbnail) checkPicture(seen, component, path);
	if (type === ComponentType.MediaGallery) {
		const items = seen.form.list(component.items, [...path, 'items'], { required: true, min: 1, max: 10 });
		for (const [at, item] of items.entries()) checkPicture(seen, dataOf(item), [...path, 'items', at]);
	}
}

function checkId(seen: Seen, { id }: Data, path: Path): void {
	const number = seen.form.whole(id, [...path, 'id'], { min: 0, max: 2 ** 31 - 1 });
	if (number === null || number === 0) return;
	if (seen.ids.has(number))
		seen.form.fault([...path, 'id'], 'COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated');
	seen.ids.add(number);
}

function checkRow(seen: Seen, component: Data, path: Path): void {
	const at = [...path, 'components'];
	const children = seen.form.list(component.components, at, { required: true, min: 1, max: 5 });
	const selects = children.filter((child) => isSelect(Number(dataOf(child).type)));
	if (selects.length === 0) return checkAll(seen, children, at, IN_ROW);
	if (children.length > 1)
		seen.form.fault(at, 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width');
	checkAll(seen, children, at, [...IN_ROW, ...selects.map((child) => Number(dataOf(child).type))]);
}

function checkButton(seen: Seen, button: Data, path: Path): void {
	const { form } = seen;
	const style = form.whole(button.style, [...path, 'style'], { required: true, min: 1, max: 6 });
	form.text(button.label, [...path, 'label'], { max: 80 });
	if (textOf(button.label) === '' && !isData(button.emoji) && style !== ButtonStyle.Premium)
		form.fault(path, 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A button must have a label or emoji');
	if (style === ButtonStyle.Link) {
		const url = form.text(button.url, [...path, 'url'], { required: true, max: 512 }) ?? '';
		if (url !== '' && !/^(https?|discord):\/\//.test(url))
			form.fault([...path, 'url'], 'URL_TYPE_INVALID_SCHEME', "Scheme must be one of ('http', 'https', 'discord').");
		if (button.custom_id !== undefined)
			form.fault(
				[...path, 'custom_id'],
				'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
				'A custom id and url cannot both be specified',
			);
		return;
	}
	checkCustomId(seen, button, path);
}

/** A custom id: 1 to 100 characters, once in a message. */
function checkCustomId(seen: Pick<Seen, 'form' | 'customIds'>, component: Data, path: Path): void {
	const at = [...path, 'custom_id'];
	const id = seen.form.text(component.custom_id, at, { required: true, min: 1, max: 100 });
	if (id === null) return;
	if (seen.customIds.has(id))
		seen.form.fault(at, 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
	seen.customIds.add(id);
}

function checkSection(seen: Seen, section: Data, path: Path): void {
	const at = [...path, 'components'];
	const texts = seen.form.list(section.components, at, { required: true, min: 1, max: 3 });
	checkAll(seen, texts, at, [ComponentType.TextDisplay]);
	if (!isData(section.accessory)) {
		seen.form.fault([...path, 'accessory'], 'BASE_TYPE_REQUIRED', 'This field is required');
		return;
	}
	checkComponent(seen, section.accessory, [...path, 'accessory'], [ComponentType.Button, ComponentType.Thumbnail]);
}

function checkPicture(seen: Seen, picture: Data, path: Path): void {
	seen.form.text(picture.description, [...path, 'description'], { max: 1024 });
	checkMedia(seen, picture.media, [...path, 'media'], false);
}

function checkMedia(seen: Seen, media: unknown, path: Path, attachedOnly: boolean): void {
	seen.media += 1;
	const url = seen.form.text(dataOf(media).url, [...path, 'url'], { required: true, min: 1, max: 2048 }) ?? '';
	const [, name] = /^attachment:\/\/(.+)$/.exec(url) ?? [];
	if (name !== undefined && !seen.files.has(name))
		seen.form.fault(
			[...path, 'url'],
			'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
			'The referenced attachment was not found',
		);
	if (name === undefined && (attachedOnly || !/^https?:\/\//.test(url)))
		seen.form.fault(
			[...path, 'url'],
			'URL_TYPE_INVALID_SCHEME',
			"Scheme must be one of ('http', 'https', 'attachment').",
		);
}

/** Every component of a message or modal with those inside it. */
export function everyComponent(components: readonly unknown[]): readonly Data[] {
	return components
		.filter(isData)
		.flatMap((component) => [
			component,
			...everyComponent(listOf(component.components)),
			...everyComponent([component.accessory, component.component].filter(isData)),
		]);
}
