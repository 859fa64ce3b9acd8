import { z } from 'zod';
import { acpPresetNames } from './acp-presets.ts';
import { address } from './address.ts';
import { field, required } from './field.ts';

const text = z.string().min(1);
const flag = z.boolean();

/** The keys of an agent that say how an agent of another system is reached. */
export const externalFields = {
	module: field(text, 'The file that has the agent, relative to this one.'),
	export: field(text, 'The export that is the agent, or a function that makes it. Default agent; for python reply.'),
	python: field(text, 'The Python interpreter, with the packages that the module needs. Default python3.', {
		env: true,
	}),
	preset: field(
		z.enum(acpPresetNames),
		'A coding agent whose command is known. It must be installed and logged in on this machine.',
	),
	command: field(text, 'The program, run in the folder of this file.', { env: true }),
	args: field(z.array(z.union([text, z.number()])), 'Its arguments.', { env: true, secret: true }),
	env: field(
		z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
		'What it gets as its environment, beside `needs`, PATH, HOME and the like. Nothing else reaches the program.',
		{ env: true, secret: true },
	),
	sandbox: field(
		z.strictObject({
			image: field(text, 'The image that has the program, by digest or id. Default: that of commands.'),
			egress: field(z.array(text), 'Hosts with ports that it may reach, such as api.example.com:443. Default: none.'),
		}),
		'The program runs in a container, with nothing of this machine. Without this key it runs on the machine.',
	),
	url: field(address, 'Where the agent is. https, but for addresses of this machine or network.', {
		env: true,
		secret: true,
	}),
	headers: field(z.record(z.string(), text), 'HTTP headers sent with each request.', { env: true, secret: true }),
	security: field(
		z.strictObject({
			allow_localhost: field(flag, 'The address may be one of this machine. Default false.'),
			allow_private_ips: field(flag, 'The address may be one of a private network. Default false.'),
		}),
		'Which addresses the agent may have.',
	),
	own_tools: field(
		z.enum(['none', 'gated', 'ungated']),
		"What the agent's own tools do. none: nothing to the world. gated: they wait for an approval of their own. ungated: they ask nobody, so people approve the agent as a whole before each of its turns. Default: what can be found out, or else ungated.",
	),
	needs: field(
		z.array(text),
		'Environment variables without which the agent cannot work. A program or a module of Python is given them.',
	),
	priced_as: field(
		z.strictObject({
			provider: required(text, 'Such as openai.'),
			model: required(text, "The model's name as its provider writes it."),
		}),
		'Whose price counts for what the agent uses. Without it the cost is shown as unknown.',
	),
};
