import { reservedBody } from './backend-schema.ts';
import { type BackendType, backendTypes } from './backend-types.ts';
import { EXTERNAL_KEYS, externalTypes } from './external-types.ts';
import { isMap } from './prepare.ts';
import type { DataPath, Problem } from './problem.ts';
import { providerAt } from './provider-presets.ts';
import type { YamlSource } from './yaml-source.ts';

/**
 * What concerns several keys of a team at once. Works on unchecked data, so that these problems are reported
 * together with those of the schema.
 */
export function crossCheck(team: Record<string, unknown>, path: DataPath, source: YamlSource): Problem[] {
	const problems: Problem[] = [];
	if (team.agents !== undefined && team.agent !== undefined) {
		problems.push(source.problem('error', path, 'agents and agent are both there; keep one of them', 'agent'));
	}
	const agents = agentsOf(team, path);
	if (team.agents === undefined && team.agent === undefined) {
		problems.push(source.problem('error', path, 'no agents: add `agents:` with a list, or `agent:` with one'));
	}
	const lines = new Map<unknown, number>();
	for (const [agent, at] of agents) {
		const earlier = agent.id === undefined ? undefined : lines.get(agent.id);
		if (earlier !== undefined) {
			const message = `the id ${agent.id} is already used in line ${earlier}; ids are unique in a team`;
			problems.push(source.problem('error', [...at, 'id'], message));
		} else lines.set(agent.id, source.line([...at, 'id']));
		problems.push(...kindProblems(agent, at, source));
		if (isMap(agent.backend)) problems.push(...backendProblems(agent.backend, [...at, 'backend'], source));
	}
	return [...problems, ...quorumProblems(team, agents.length, path, source)];
}

function agentsOf(team: Record<string, unknown>, path: DataPath): [Record<string, unknown>, DataPath][] {
	const listed = Array.isArray(team.agents) ? team.agents : [];
	const all = listed.map((agent: unknown, i): [unknown, DataPath] => [agent, [...path, 'agents', i]]);
	if (team.agent !== undefined) all.push([team.agent, [...path, 'agent']]);
	return all.flatMap(([agent, at]) => (isMap(agent) ? [[agent, at]] : []));
}

/** An agent has a backend, or is another system's; what it needs follows from that. */
function kindProblems(agent: Record<string, unknown>, path: DataPath, source: YamlSource): Problem[] {
	const name = agent.type;
	const given = EXTERNAL_KEYS.filter((key) => agent[key] !== undefined);
	if (name === undefined) {
		if (agent.backend === undefined) {
			const advice = 'add `backend: {type: ..., model: ...}`, or a `type` for an agent of another system';
			return [source.problem('error', path, `the key backend is missing; ${advice}`)];
		}
		const message = 'this key belongs to agents of other systems, which have a `type` and no `backend`';
		const tools = Object.entries(isMap(agent.agent_tools) ? agent.agent_tools : {});
		return [
			...given.map((key) => source.problem('error', path, message, key)),
			...tools.flatMap(([tool, config]) =>
				isMap(config) ? externalProblems(config, [...path, 'agent_tools', tool], source) : [],
			),
		];
	}
	if (agent.backend !== undefined) {
		return [source.problem('error', path, 'backend and type are both there; keep one of them', 'type')];
	}
	if (agent.agent_tools !== undefined) {
		const message = 'only agents with a backend can be given tools; this one brings its own';
		return [source.problem('error', path, message, 'agent_tools')];
	}
	return externalProblems(agent, path, source);
}

/** What an agent of another system needs, and what does not belong to its kind. */
function externalProblems(agent: Record<string, unknown>, path: DataPath, source: YamlSource): Problem[] {
	const name = agent.type;
	if (!isExternal(name)) return [];
	const { keys, required } = externalTypes[name];
	const given = EXTERNAL_KEYS.filter((key) => agent[key] !== undefined);
	const foreign = given.filter((key) => !keys.includes(key));
	const missing = Object.entries(required).filter(([key]) => agent[key] === undefined);
	const isUnclear = name === 'acp' && (agent.preset === undefined) === (agent.command === undefined);
	const acp = 'an agent of the type acp needs either `preset`, such as `preset: gemini`, or `command`';
	return [
		...(isUnclear ? [source.problem('error', path, acp)] : []),
		...foreign.map((key) => source.problem('error', path, `this key does not belong to the type ${name}`, key)),
		...missing.map(([key, example]) =>
			source.problem('error', path, `the key ${key} is missing; the type ${name} needs it, such as \`${example}\``),
		),
	];
}

function backendProblems(backend: Record<string, unknown>, path: DataPath, source: YamlSource): Problem[] {
	const problems: Problem[] = [];
	const name = String(backend.type);
	const type: BackendType | null = isTypeName(name) ? backendTypes[name] : null;
	if (type !== null) {
		if (backend.model === undefined && type.adapter !== 'scripted') {
			const hint =
				type.massgenModel === null ? 'add `model: ...`' : `MassGen would use \`model: ${type.massgenModel}\``;
			problems.push(source.problem('error', path, `the key model is missing; ${hint}`));
		}
		problems.push(...featureProblems(backend, name, type, path, source));
	}
	if (backend.allowed_tools !== undefined && backend.exclude_tools !== undefined) {
		const message = 'allowed_tools and exclude_tools are both there; one of them is enough';
		problems.push(source.problem('warning', path, message, 'allowed_tools'));
	}
	if (name === 'scripted' && backend.script === undefined) {
		problems.push(
			source.problem('error', path, 'a scripted agent needs `script`: the script, or the path of its file'),
		);
	}
	const address = backend.base_url;
	if (
		type?.provider === null &&
		typeof address === 'string' &&
		!backend.api_key &&
		!backend.provider &&
		isForeign(address)
	) {
		const message = `no key is sent to ${new URL(address).host}, which is no provider we know; if it wants one, write api_key`;
		problems.push(source.problem('warning', path, message, 'base_url'));
	}
	const body = backend.extra_body;
	for (const key of reservedBody) {
		if (!isMap(body) || !Object.hasOwn(body, key)) continue;
		const message = `${key} belongs to the conversation and cannot be replaced; remove it`;
		problems.push(source.problem('error', [...path, 'extra_body'], message, key));
	}
	return problems;
}

function featureProblems(
	backend: Record<string, unknown>,
	name: string,
	type: BackendType,
	path: DataPath,
	source: YamlSource,
): Problem[] {
	const features = [
		['enable_web_search', type.webSearch, 'web search'],
		['enable_code_execution', type.codeExecution, 'code execution'],
		['enable_code_interpreter', type.codeExecution, 'code execution'],
	] as const;
	return features.flatMap(([key, support, what]) => {
		if (backend[key] !== true || support === 'yes') return [];
		return support === 'later'
			? source.problem('warning', path, `ignored: ${what} of ${name} is not supported yet`, key)
			: source.problem('error', path, `the backend type ${name} does not support ${what}; remove this key`, key);
	});
}

function quorumProblems(team: Record<string, unknown>, agents: number, path: DataPath, source: YamlSource): Problem[] {
	const orchestrator = team.orchestrator;
	const quorum = isMap(orchestrator) ? orchestrator.quorum : null;
	if (typeof quorum !== 'number' || quorum <= agents || agents === 0) return [];
	const message = `a quorum of ${quorum} can never be reached by ${agents} agents; write at most ${agents}`;
	return [source.problem('error', [...path, 'orchestrator', 'quorum'], message)];
}

/** Somebody's server on the network whose key variable nobody can guess. */
function isForeign(address: string): boolean {
	if (!URL.canParse(address) || providerAt(address) !== null) return false;
	const { hostname } = new URL(address);
	return !/^(localhost|127\.|10\.|192\.168\.|\[|0\.0\.0\.0$)/.test(hostname) && hostname.includes('.');
}

const isExternal = (name: unknown): name is keyof typeof externalTypes =>
	typeof name === 'string' && Object.hasOwn(externalTypes, name);

const isTypeName = (name: string): name is keyof typeof backendTypes => Object.hasOwn(backendTypes, name);
