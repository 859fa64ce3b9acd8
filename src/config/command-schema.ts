import { z } from 'zod';
import { field } from './field.ts';

const text = z.string().min(1);
const flag = z.boolean();
const names = z.array(text);
const anything = z.unknown();

/** How much commands get, by the names that agents may ask for. */
export const levelNames = ['small', 'normal', 'large'] as const;
export type LevelName = (typeof levelNames)[number];
const level = z.enum(levelNames);

const levelSchema = z
	.strictObject({
		memory_mb: field(z.number().int().min(32).max(1_048_576), 'Memory of one command, in MiB.'),
		cpus: field(z.number().min(0.1).max(256), 'Processors of one command.'),
		pids: field(z.number().int().min(8).max(32_768), 'Processes and threads of one command.'),
		wall_seconds: field(z.number().min(1).max(86_400), 'Longest that one command may take.'),
	})
	.meta({ id: 'SandboxLevel' });

/** What an admin lets commands take. No agent gets more, whatever else a file or a model says. */
export const sandboxSchema = z.strictObject({
	level: field(level, 'For agents that name none. Default normal.'),
	levels: field(
		z.strictObject({
			small: field(levelSchema, 'Default 512 MiB, half a processor, 64 processes, 60 seconds.'),
			normal: field(levelSchema, 'Default 2048 MiB, 2 processors, 256 processes, 600 seconds.'),
			large: field(levelSchema, 'Default 4096 MiB, 4 processors, 1024 processes, 3600 seconds.'),
		}),
		'What each level is.',
	),
	egress: field(
		z.array(
			text.regex(/^[\w.-]+:\d{1,5}$/, { error: 'expected a host with its port, such as registry.npmjs.org:443' }),
		),
		'Hosts with ports, such as registry.npmjs.org:443, that commands may reach through a proxy where `command_line_docker_network_mode` is bridge. Default: none.',
	),
});
export type SandboxConfig = z.infer<typeof sandboxSchema>;

const container = 'what a command can reach is what its container has: the folder of its agent';

/** Commands of one agent, as MassGen names them, and a level. */
export const commandFields = {
	enable_mcp_command_line: field(flag, 'The agent may run commands, in containers. Default false.'),
	command_line_level: field(level, 'How much its commands get. Default: `sandbox.level` of the main file.'),
	command_line_allowed_commands: field(
		names,
		'Regular expressions: each command must match one of them from its start. Default: all.',
	),
	command_line_blocked_commands: field(
		names,
		'Regular expressions: no command may match one of them from its start. Default: none.',
	),
	command_line_execution_mode: field(z.enum(['local', 'docker']), 'Commands run in containers only: docker.'),
	command_line_docker_image: field(
		text,
		'An image with bash, by digest or id. Default: the toolchain that `npm run sandbox:build` makes.',
	),
	command_line_docker_memory_limit: field(
		z.union([text, z.number().positive()]),
		'Memory of one command, such as 512m or 2g, up to that of its level.',
	),
	command_line_docker_cpu_limit: field(z.number().positive(), 'Processors of one command, up to those of its level.'),
	command_line_docker_network_mode: field(
		z.enum(['none', 'bridge', 'host']),
		'none: no network. bridge: the hosts of `sandbox.egress` in the main file. Default none.',
	),
	command_line_docker_enable_sudo: field(flag, 'Root in the container.', {
		ignored: 'nothing in a container can become root',
	}),
	command_line_docker_credentials: field(anything, 'Credentials.', { ignored: container, secret: true }),
	command_line_docker_packages: field(anything, 'Packages.', {
		ignored: 'nothing is installed at the start; put it into an image and name that in `command_line_docker_image`',
	}),
};
