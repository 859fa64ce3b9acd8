import { z } from 'zod';
import { address } from './address.ts';
import { backendTypeNames } from './backend-types.ts';
import { commandFields } from './command-schema.ts';
import { field, required } from './field.ts';
import { mcpServersSchema } from './mcp-schema.ts';

const text = z.string().min(1);
const flag = z.boolean();
const names = z.array(text);
const anything = z.unknown();

const later = (what: string) => ({ ignored: `${what} not supported yet` });
const media = later('generated media are');
const claudeCode = { ignored: 'it concerns the backend type claude_code, which is not supported yet' };

/** A folder of the user's project. */
export const contextPath = z.looseObject({
	path: required(text, 'The folder. An admin opens it with `ALLOWED_FOLDERS`.'),
	permission: field(
		z.enum(['read', 'write']),
		'write: the presenting agent may change its copy, and what it changed is written back when a person approves. Default read.',
	),
	protected_paths: field(names, 'Paths in it that are never written. `.git` and files of secrets never are.'),
});

/** Fields of the request body that are passed on to the provider as they are. */
export const passedOn = [
	'seed',
	'stop',
	'stop_sequences',
	'presence_penalty',
	'frequency_penalty',
	'repetition_penalty',
	'top_k',
	'min_p',
	'logit_bias',
	'logprobs',
	'top_logprobs',
	'parallel_tool_calls',
	'service_tier',
	'store',
	'metadata',
	'user',
	'safety_identifier',
	'prompt_cache_key',
	'truncation',
	'thinking',
	'thinking_config',
	'safety_settings',
	'chat_template_kwargs',
	'search_parameters',
	'provider_options',
] as const;

const passedOnFields = Object.fromEntries(
	passedOn.map((key) => [key, field(anything, 'Passed on to the provider as it is.')]),
) as Record<(typeof passedOn)[number], z.ZodOptional<z.ZodUnknown>>;

/** Fields of `extra_body` that belong to the conversation and may not be replaced. */
export const reservedBody = [
	'model',
	'messages',
	'input',
	'contents',
	'system',
	'stream',
	'tools',
	'tool_choice',
] as const;

/** How one agent reaches its model. */
export const backendSchema = z
	.strictObject({
		type: required(z.enum(backendTypeNames), "Which kind of backend. MassGen's names, and some of our own."),
		model: field(text, "The model's name as its provider writes it. Required, but for scripted agents."),
		provider: field(
			text,
			'Whose entry under `providers` applies. By default it follows from the type and the address.',
		),
		api_key: field(text, `The key, best as \${NAME}. By default the usual variable of the provider.`, {
			env: true,
			secret: true,
		}),
		base_url: field(address, "The server's address, when it is not the provider's own.", { env: true }),
		headers: field(z.record(z.string(), text), 'HTTP headers sent with each call.', { env: true, secret: true }),
		extra_headers: field(z.record(z.string(), text), 'The same as `headers`.', { env: true, secret: true }),
		betas: field(names, "Anthropic's beta features, sent as the header `anthropic-beta`."),
		temperature: field(z.number().min(0).max(2), 'Sampling temperature.'),
		top_p: field(z.number().min(0).max(1), 'Nucleus sampling.'),
		max_tokens: field(z.number().int().positive(), 'Most output tokens of one model call.'),
		max_output_tokens: field(z.number().int().positive(), 'The same as `max_tokens`.'),
		max_completion_tokens: field(z.number().int().positive(), 'The same as `max_tokens`.'),
		reasoning: field(
			z.strictObject({
				effort: field(
					z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']),
					'How hard the model thinks.',
				),
				summary: field(z.enum(['auto', 'concise', 'detailed']), 'How much of its thinking is reported.'),
			}),
			'Reasoning models only.',
		),
		reasoning_effort: field(text, 'The same as `reasoning.effort`.'),
		text: field(
			z.strictObject({ verbosity: field(z.enum(['low', 'medium', 'high']), 'How long answers tend to be.') }),
			"OpenAI's text settings.",
		),
		enable_web_search: field(flag, "The provider's own web search."),
		enable_code_interpreter: field(flag, "The provider's own code execution, under OpenAI's name."),
		enable_code_execution: field(flag, "The provider's own code execution."),
		endpoint: field(
			z.strictObject({
				stream_usage: field(flag, 'The server accepts `stream_options.include_usage`.'),
				required_tool_choice: field(flag, 'The server accepts `tool_choice: required`.'),
				strict_tools: field(flag, 'The server accepts `strict: true` in function definitions.'),
				max_tokens_field: field(z.enum(['max_tokens', 'max_completion_tokens']), "The output limit's name."),
			}),
			'What an OpenAI-compatible server understands, when the preset is wrong.',
		),
		tries: field(z.number().int().min(1).max(10), 'Tries per model call, the first included. Default 4.'),
		idle_timeout_seconds: field(z.number().positive(), 'Longest silence of an answer stream. Default 120.'),
		extra_body: field(z.record(z.string(), anything), 'Further fields of the request body, passed on as they are.'),
		...passedOnFields,
		script: field(anything, 'What a scripted agent does: the script itself, or the path of a file beside this one.', {
			opaque: true,
		}),
		instance_id: field(anything, 'A suffix for folders.', { ignored: 'it is not needed' }),
		api_version: field(anything, "Azure's API version.", { ignored: "Azure's v1 API needs none" }),
		enable_rate_limit: field(flag, 'Client-side rate limits.', {
			ignored: 'write `providers.<name>.rate_limit` instead',
		}),
		enable_image_generation: field(flag, 'Media.', media),
		enable_audio_generation: field(flag, 'Media.', media),
		enable_file_generation: field(flag, 'Media.', media),
		enable_video_generation: field(flag, 'Media.', media),
		upload_files: field(z.array(anything), 'Files sent along.', later('files in the configuration are')),
		media_max_file_size_mb: field(z.number().positive(), 'Limit for `upload_files`.', later('files are')),
		multimodal: field(anything, 'Media.', media),
		cwd: field(
			text,
			'Gives the agent a folder for files. The path itself is not used: the folder is in a container, at /workspace/work.',
		),
		context_paths: field(z.array(contextPath), 'Project folders of this machine that the agent sees a copy of.'),
		context_write_access_enabled: field(flag, 'Write access to project folders.', {
			ignored: 'the presenting agent has it, where `permission` is `write`',
		}),
		agent_temporary_workspace: field(text, 'Copies of workspaces.', {
			ignored: 'files of answers are at /workspace/answers',
		}),
		enforce_read_before_delete: field(flag, 'Guards deletions.', { ignored: 'that is always so' }),
		mcp_servers: field(mcpServersSchema, 'MCP servers whose tools the agent gets, beside those of the main file.'),
		allowed_tools: field(names, 'Tools of MCP servers that the agent may use. Default: all.'),
		exclude_tools: field(names, 'Tools of MCP servers that the agent may not use.'),
		noticeboard: field(
			flag,
			'The agent may post notices, for people, in `noticeboard.md` of the data folder. Each waits for an approval. Default false.',
		),
		max_mcp_message_history: field(z.number().int().positive(), 'MCP history.', {
			ignored: 'a conversation keeps every result',
		}),
		custom_tools: field(z.array(anything), 'Python functions as tools.', {
			ignored: 'Python tools cannot run here; offer them through an MCP server',
		}),
		...commandFields,
		disallowed_tools: field(names, 'Claude Code tools.', claudeCode),
		permission_mode: field(z.enum(['default', 'acceptEdits', 'bypassPermissions', 'plan']), 'Claude Code.', claudeCode),
		max_thinking_tokens: field(z.number().int().positive(), 'Claude Code.', claudeCode),
		agent_config: field(anything, 'AG2.', {
			ignored: 'an agent of AG2 is a module here: write `type: ag2` and `module` beside `id`',
		}),
		group_config: field(anything, 'AG2.', {
			ignored: 'an agent of AG2 is a module here: write `type: ag2` and `module` beside `id`',
		}),
	})
	.meta({ id: 'Backend' });

/** A backend as the file gives it, checked. */
export type BackendConfig = z.infer<typeof backendSchema>;
