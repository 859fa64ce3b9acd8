import { z } from 'zod';
import { address } from './address.ts';
import { field } from './field.ts';

const text = z.string().min(1);
const flag = z.boolean();
const names = z.array(text);
const seconds = z.number().positive().max(3_600);

/** One MCP server, as MassGen writes it, with some keys of our own. */
const mcpServerSchema = z
	.strictObject({
		name: field(text, 'The first half of the names of its tools. In a map, the key is the name.'),
		type: field(
			z.enum(['stdio', 'streamable-http']),
			'stdio: a program, run in a container. streamable-http: an address. By default it follows from the other keys.',
		),
		description: field(z.string(), 'For readers of this file.', { prose: true }),
		preset: field(
			z.enum(['filesystem', 'everything']),
			'A public server whose tools are known: its command, its arguments and the effects of its tools. Install it with `npm run sandbox:build -- NAME`.',
		),
		command: field(text, 'The program.', { env: true }),
		args: field(
			z.array(z.union([text, z.number()])),
			`Its arguments. \${cwd} is a folder of its own, as long as the run.`,
			{
				env: true,
				secret: true,
			},
		),
		env: field(
			z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
			'Its whole environment. Nothing else of this machine reaches it.',
			{ env: true, secret: true },
		),
		cwd: field(text, `It starts in a folder of its own; write \${cwd}. Folders of this machine cannot be reached.`),
		image: field(text, 'The image it runs in, by digest or id. Default: the one that `npm run sandbox:build` makes.'),
		egress: field(names, 'Hosts with ports that the program may reach, such as api.example.com:443. Default: none.'),
		url: field(address, 'The address of an HTTP server. https, but for addresses of this machine or network.', {
			env: true,
			secret: true,
		}),
		headers: field(z.record(z.string(), text), 'HTTP headers sent with each request.', { env: true, secret: true }),
		oauth: field(
			z.strictObject({
				client_id: field(text, 'Of a client that was registered by hand.', { env: true }),
				client_secret: field(text, `Its secret, best as \${NAME}.`, { env: true, secret: true }),
				scope: field(text, 'What to ask for. Default: what the server wants.'),
			}),
			'How this program shows itself to a server that asks people to log in.',
		),
		security: field(
			z.looseObject({
				level: field(text, 'MassGen.', { ignored: 'the same rules hold for every server' }),
				allow_localhost: field(flag, 'The address may be one of this machine. Default false.'),
				allow_private_ips: field(flag, 'The address may be one of a private network. Default false.'),
			}),
			'Which addresses an HTTP server may have.',
		),
		allowed_tools: field(names, 'Tools of this server that may be used. Default: all.'),
		exclude_tools: field(names, 'Tools of this server that may not be used.'),
		trusted: field(flag, 'Believe what the server says about the effects of its tools. Default false.'),
		effects: field(
			z.record(z.string(), z.enum(['none', 'workspace', 'external', 'irreversible'])),
			'What a tool does to the world, by its name. Default: irreversible.',
		),
		first_sight: field(
			z.enum(['accepted', 'quarantined']),
			'Whether the tools it has at first may be used at once. Later changes always wait for a person. Default accepted.',
		),
		start_timeout_seconds: field(seconds, 'How long it may take to start. Default 20.'),
		timeout_seconds: field(seconds, 'How long a call may be silent. Default 120.'),
	})
	.meta({ id: 'McpServer' });

/** MCP servers as a list, or as a map by name. */
export const mcpServersSchema = z.union([z.array(mcpServerSchema), z.record(z.string(), mcpServerSchema)]);
export type McpServerConfig = z.infer<typeof mcpServerSchema>;
export type McpServersConfig = z.infer<typeof mcpServersSchema>;
