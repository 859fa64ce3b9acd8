import { isDeepStrictEqual } from 'node:util';
import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client';
import { visibleText } from '../../../core/foreign-text.ts';
import type { ToolResult } from '../../../core/tool.ts';

/** The most bytes of a result that are looked at, and the most that a model is given. */
const RAW_BYTES = 1024 * 1024;
const MODEL_BYTES = 32 * 1024;

/** A result in words for a model: text as it is, everything else as a line that says what it is. */
export function resultOf({ content, structuredContent, isError }: CallToolResult): ToolResult {
	const blocks = content.map(textOf);
	const isSaid = content.some((block) => block.type === 'text' && says(block.text, structuredContent));
	if (structuredContent !== undefined && !isSaid) blocks.push(JSON.stringify(structuredContent));
	return { text: cappedText(blocks.join('\n')), isError: isError === true };
}

/** Foreign text, made visible and short enough for a model. Says so when something is missing. */
export function cappedText(text: string): string {
	const raw = text.length > RAW_BYTES ? text.slice(0, RAW_BYTES) : text;
	const visible = visibleText(raw).trim();
	const bytes = Buffer.from(visible);
	if (bytes.length <= MODEL_BYTES && raw.length === text.length) return visible === '' ? '(empty)' : visible;
	const head = new TextDecoder().decode(bytes.subarray(0, MODEL_BYTES), { stream: true });
	const size = Math.max(Buffer.byteLength(text), bytes.length);
	return `${head}\n[cut: ${Math.round(Buffer.byteLength(head) / 1024)} of ${Math.round(size / 1024)} KiB; ask for less]`;
}

function textOf(block: ContentBlock): string {
	switch (block.type) {
		case 'text':
			return block.text;
		case 'image':
		case 'audio':
			return `[${block.type}, ${block.mimeType}, ${kilobytes(block.data)}: cannot be shown]`;
		case 'resource_link': {
			const facts = [block.mimeType, block.size === undefined ? undefined : `${block.size} bytes`, block.description];
			const more = facts.filter((fact) => fact !== undefined && fact !== '').join(', ');
			return `[resource ${block.title ?? block.name}: ${block.uri}${more === '' ? '' : ` (${more})`}]`;
		}
		case 'resource': {
			const { resource } = block;
			if ('text' in resource) return `[resource ${resource.uri}]\n${resource.text}`;
			return `[resource ${resource.uri}, ${resource.mimeType ?? 'binary'}, ${kilobytes(resource.blob)}: cannot be shown]`;
		}
	}
}

/**
 * Whether a text is what the data says, for clients that do not know structured content: the same as JSON, or the only
 * value in it.
 */
function says(text: string, data: unknown): boolean {
	const values = typeof data === 'object' && data !== null ? Object.values(data) : [data];
	if (values.length === 1 && values[0] === text) return true;
	if (text.length > RAW_BYTES) return false;
	try {
		return isDeepStrictEqual(JSON.parse(text), data);
	} catch {
		return false;
	}
}

const kilobytes = (base64: string) => `${Math.ceil((base64.length * 3) / 4 / 1024)} KiB`;
