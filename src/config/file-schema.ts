import { z } from 'zod';
import { address } from './address.ts';
import { sandboxSchema } from './command-schema.ts';
import { field, required } from './field.ts';
import { mcpServersSchema } from './mcp-schema.ts';
import { memoryFileSchema } from './memory-schema.ts';
import { teamConfigSchema, teamShape } from './team-schema.ts';

const text = z.string().min(1);
const price = z.number().min(0);
const anything = z.unknown();
const unread = { ignored: 'MassGen does not read it either' };

const rateLimitSchema = z.strictObject({
	requests_per_minute: field(z.number().positive().nullable(), 'Model calls a minute.'),
	tokens_per_minute: field(z.number().positive().nullable(), 'Tokens a minute, input and output together.'),
});

const providerSchema = z.strictObject({
	api_key: field(text, `The key, best as \${NAME}. The provider's usual variable goes before it.`, {
		env: true,
		secret: true,
	}),
	base_url: field(address, "The server's address. The provider's usual variable goes before it.", { env: true }),
	rate_limit: field(rateLimitSchema, 'Shared by all runs of the process.'),
});
export type ProviderConfig = z.infer<typeof providerSchema>;

const priceSchema = z.strictObject({
	input_per_million: required(price, 'US dollars for a million input tokens.'),
	output_per_million: required(price, 'US dollars for a million output tokens.'),
	cached_input_per_million: field(price, 'US dollars for a million cached input tokens. Default: as other input.'),
});

const workspaceLimitsSchema = z.strictObject({
	max_megabytes: field(z.number().int().min(1).max(4_096), 'Default 128.'),
	max_files: field(z.number().int().min(10).max(1_000_000), 'Files and folders. Default 20000.'),
});

const sessionsSchema = z.strictObject({
	history_characters: field(
		z.number().int().min(2_000).max(1_000_000),
		'How much of a thread its next run is told, beside the beginnings of all questions. What is older is summed up. Default 40000.',
	),
	retention_days: field(
		z.number().int().min(1).max(36_500),
		'Threads in which nothing was asked for so long are deleted, with their files. Left out: nothing is deleted.',
	),
});

/** Keys that stand in files of MassGen's and that MassGen itself passes over. */
const passedOver = {
	name: field(anything, 'Not read.', { ignored: 'a team has the name of its file' }),
	mcp_servers: field(anything, 'Not read.', {
		ignored: 'MassGen does not read it here either, but under `backend`; for every agent, write it in the main file',
		secret: true,
	}),
	test_settings: field(anything, 'Not read.', unread),
	tools: field(anything, 'Not read.', unread),
	orchestration: field(anything, 'Not read.', { ignored: 'MassGen does not read it either; write `orchestrator`' }),
	coordination: field(anything, 'Not read.', {
		ignored: 'MassGen does not read it here either; write `orchestrator.coordination`',
	}),
	display: field(anything, 'Not read.', unread),
	logging: field(anything, 'Not read.', unread),
	consumption_settings: field(anything, 'Not read.', { ignored: 'write `orchestrator.budget` instead' }),
};

/** A file in `teams/`: one team. */
export const teamFileSchema = z.strictObject({ ...teamShape, ...passedOver });

/** The main file: a MassGen file, our own keys, or both. */
export const mainFileSchema = z.strictObject({
	...teamShape,
	...passedOver,
	memory: field(memoryFileSchema, 'What channels and people remember beyond a conversation.'),
	mcp_servers: field(mcpServersSchema, 'MCP servers whose tools every agent of every team gets.'),
	sandbox: field(sandboxSchema, 'What commands of agents may take and reach.'),
	teams: field(z.record(text.max(100), teamConfigSchema), 'Further teams by name.'),
	default_team: field(
		text,
		'The team that answers when nobody names one. `auto`: made of the models that can be reached.',
	),
	allowed_folders: field(z.array(text), 'Folders of this machine that teams may name under `context_paths`.'),
	workspace_limits: field(workspaceLimitsSchema, 'How much the folder of one agent holds. It is in memory.'),
	sessions: field(sessionsSchema, 'What is told and kept of threads.'),
	providers: field(z.record(text, providerSchema), 'Keys, addresses and rate limits by provider.'),
	prices: field(z.record(text, priceSchema), 'Prices by model, for models that the price table does not know.'),
	policy: field(
		text,
		'The risk policy, relative to this file. Default risk-policy.yaml beside it, or the shipped one.',
	),
	data_dir: field(text, 'Where runs are stored, relative to the working directory. Default data.'),
	locale: field(text, 'Language of texts for people, such as en or de-CH. Default en.'),
});
export type MainFile = z.infer<typeof mainFileSchema>;
