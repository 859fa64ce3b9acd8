import { posix } from 'node:path';
import { cycles } from './cycles.ts';
import { type Import, importsOf } from './imports-of.ts';
import { impurities } from './impurities.ts';
import { packageOf, placeOfPackage } from './place-of-package.ts';
import { type Room, roomOf } from './room-of.ts';

export type Rule =
	| 'off_the_map'
	| 'layer'
	| 'only_app_picks_adapters'
	| 'sibling_adapter'
	| 'types_only'
	| 'node_module'
	| 'package'
	| 'vendor_sdk'
	| 'computed_import'
	| 'missing_file'
	| 'impure'
	| 'cycle'
	| 'service_cycle';

export interface Violation {
	rule: Rule;
	file: string;
	line: number;
	message: string;
}

type Layer = Room['layer'];

/** Which layers a layer may import, its own included where that is allowed without a further condition. */
const MAY_IMPORT: Readonly<Record<Layer, readonly Layer[]>> = {
	main: ['cli', 'core'],
	cli: ['cli', 'app', 'service', 'core'],
	app: ['app', 'commands', 'service', 'adapter', 'core'],
	core: ['core'],
	orchestrator: ['orchestrator', 'core'],
	service: ['service', 'orchestrator', 'core'],
	adapter: ['adapter', 'core'],
	commands: ['core'],
	ui: ['ui', 'core'],
};
/** The one place where the agents of users come in, by the path that they configured. */
const LOADS_WHAT_PEOPLE_WROTE = 'src/adapters/frameworks/shared/load-export.ts';
const WITHOUT_NODE: readonly Layer[] = ['core', 'orchestrator', 'commands', 'ui'];
const WITHOUT_PACKAGES: readonly Layer[] = ['main', 'cli', 'orchestrator'];
const KNOWS_TYPES_OF_CORE: readonly Layer[] = ['orchestrator', 'ui'];
const PURE: readonly Layer[] = ['core', 'orchestrator'];

/** Every breach of "Who may import whom" in ARCHITECTURE.md, in the files given as source by path. */
export function violations(files: ReadonlyMap<string, string>): Violation[] {
	const graph = new Map<string, Set<string>>();
	const found: Violation[] = [];
	for (const [file, source] of files) {
		const room = roomOf(file);
		if (!room) {
			found.push({ rule: 'off_the_map', file, line: 1, message: 'ARCHITECTURE.md has no room for this file' });
			continue;
		}
		const targets = new Set<string>();
		graph.set(file, targets);
		for (const named of importsOf(file, source)) {
			const target = targetOf(file, named);
			if (target && files.has(target)) targets.add(target);
			const breach = target === null ? judgePackage(file, room, named) : judgeFile(files, file, room, target, named);
			if (breach) found.push({ file, line: named.line, rule: breach[0], message: breach[1] });
		}
		if (PURE.includes(room.layer)) {
			for (const { name, line } of impurities(file, source)) {
				found.push({
					rule: 'impure',
					file,
					line,
					message: `${name} in ${room.layer}: hand it in as a value or a port`,
				});
			}
		}
	}
	return [...found, ...fileCycles(graph), ...serviceCycles(graph)];
}

type Breach = readonly [Rule, string];

/** The path that a relative import names, or null for packages and computed imports. */
function targetOf(file: string, { specifier }: Import): string | null {
	return specifier?.startsWith('.') ? posix.join(posix.dirname(file), specifier) : null;
}

function judgePackage(file: string, { layer }: Room, { specifier, form }: Import): Breach | null {
	if (specifier === null && file === LOADS_WHAT_PEOPLE_WROTE) return null;
	if (specifier === null) return ['computed_import', 'import() of a computed name cannot be checked: write the name'];
	if (specifier.startsWith('/')) return ['off_the_map', `${specifier} is a place on one machine`];
	if (specifier.startsWith('node:')) {
		return WITHOUT_NODE.includes(layer) ? ['node_module', `${layer} imports ${specifier}`] : null;
	}
	const name = packageOf(specifier);
	const place = placeOfPackage(name);
	if (!place) return ['package', `${name} has no place: say in tests/house/place-of-package.ts who may import it`];
	if (!place.places.some((prefix) => file.startsWith(prefix))) {
		return [place.lazy ? 'vendor_sdk' : 'package', `${name} belongs to ${place.places.join(', ')}`];
	}
	if (WITHOUT_PACKAGES.includes(layer)) return ['package', `${layer} imports ${name}`];
	return place.lazy && form === 'static'
		? ['vendor_sdk', `${name} is loaded by import(), its types by import type`]
		: null;
}

function judgeFile(
	files: ReadonlyMap<string, string>,
	file: string,
	room: Room,
	target: string,
	{ form }: Import,
): Breach | null {
	if (target.endsWith('.json')) {
		return room.layer === 'app' || room.layer === 'service' ? null : ['layer', `${room.layer} reads ${target}`];
	}
	if (room.layer === 'ui' && target.endsWith('.css')) return null;
	const other = roomOf(target);
	if (!other) return ['off_the_map', `${target} is in no room of the map`];
	if (!files.has(target)) return ['missing_file', `there is no ${target}`];
	if (room.layer === 'commands' && file === 'commands/index.ts' && other.layer === 'commands') return null;
	if (!MAY_IMPORT[room.layer].includes(other.layer)) {
		const rule = other.layer === 'adapter' ? 'only_app_picks_adapters' : 'layer';
		return [rule, `${room.layer} imports ${target} of ${other.layer}`];
	}
	if (KNOWS_TYPES_OF_CORE.includes(room.layer) && other.layer === 'core' && form !== 'type') {
		return ['types_only', `${room.layer} loads ${target}: of core it may know types alone`];
	}
	if (room.layer !== 'adapter' || other.layer !== 'adapter') return null;
	const own = room.kind === other.kind && (room.unit === other.unit || other.unit === 'shared');
	return own ? null : ['sibling_adapter', `${room.kind}/${room.unit} imports ${target}`];
}

function fileCycles(graph: ReadonlyMap<string, ReadonlySet<string>>): Violation[] {
	return cycles(graph).map((group) => ({
		rule: 'cycle',
		file: group[0] ?? '',
		line: 1,
		message: `these files import each other: ${group.join(', ')}`,
	}));
}

function serviceCycles(graph: ReadonlyMap<string, ReadonlySet<string>>): Violation[] {
	const services = new Map<string, Set<string>>();
	for (const [file, targets] of graph) {
		const from = roomOf(file);
		if (from?.layer !== 'service') continue;
		const names = services.get(from.name) ?? new Set<string>();
		services.set(from.name, names);
		for (const target of targets) {
			const to = roomOf(target);
			if (to?.layer === 'service' && to.name !== from.name) names.add(to.name);
		}
	}
	return cycles(services).map((group) => ({
		rule: 'service_cycle',
		file: `src/${group[0] ?? ''}`,
		line: 1,
		message: `these services import each other: ${group.join(', ')}`,
	}));
}
