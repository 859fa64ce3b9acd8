import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client';
import { visibleText } from '../../../core/foreign-text.ts';
import type { ToolResult } from '../../../core/tool.ts';

/** The most bytes of a result that are looked at, and the most that a model is given. */
const RAW_BYTES = 1024 * 1024;
const MODEL_BYTES = 32 * 1024;

/** A result in words for a model: text as it is, everything else as a line that says what it is. */
export function resultOf({ content, structuredContent, isError }: CallToolResult): ToolResult {
	const blocks = content.map(textOf);
	if (!content.some(({ type }) => type === 'text') && structuredContent !== undefined) {
		blocks.push(JSON.stringify(structuredContent));
	}
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
		case 'resource_link':
			return `[resource ${block.name}: ${block.uri}]`;
		case 'resource': {
			const { resource } = block;
			if ('text' in resource) return `[resource ${resource.uri}]\n${resource.text}`;
			return `[resource ${resource.uri}, ${resource.mimeType ?? 'binary'}, ${kilobytes(resource.blob)}: cannot be shown]`;
		}
	}
}

const kilobytes = (base64: string) => `${Math.ceil((base64.length * 3) / 4 / 1024)} KiB`;
