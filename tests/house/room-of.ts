/** Where a file stands on the map of ARCHITECTURE.md. */
export type Room =
	| { layer: 'main' | 'cli' | 'app' | 'core' | 'orchestrator' | 'commands' | 'ui' }
	| { layer: 'service'; name: string }
	/** `unit` is a file or folder of its kind; the unit `shared` serves its siblings. */
	| { layer: 'adapter'; kind: string; unit: string };

const SERVICES = new Set([
	'runs',
	'agents',
	'approvals',
	'access',
	'audit',
	'sessions',
	'memory',
	'prompts',
	'workflows',
	'observers',
	'config',
	'bot',
	'dispatch',
	'host',
]);

const KINDS = new Set([
	'gateways',
	'backends',
	'frameworks',
	'tools',
	'sandbox',
	'stores',
	'queues',
	'memory',
	'prices',
	'telemetry',
	'tokenizers',
]);

const withoutExtension = (name: string) => name.replace(/\.tsx?$/, '');

/** The room of a path relative to the project, or null when the map has none for it. */
export function roomOf(path: string): Room | null {
	const [top, first, second, third] = path.split('/');
	if (top === 'commands') return { layer: 'commands' };
	if (top !== 'src' || first === undefined) return null;
	if (first === 'main.ts') return { layer: 'main' };
	if (first === 'app.ts' || first === 'app') return { layer: 'app' };
	// The machine's clock stands alone, and like an adapter only app.ts may pick it.
	if (first === 'system-clock.ts') return { layer: 'adapter', kind: 'clock', unit: 'system-clock' };
	if (first === 'cli' || first === 'core' || first === 'orchestrator' || first === 'ui') return { layer: first };
	if (first === 'adapters') {
		if (second === undefined || third === undefined || !KINDS.has(second)) return null;
		return { layer: 'adapter', kind: second, unit: withoutExtension(third) };
	}
	const name = second === undefined ? withoutExtension(first) : first;
	return SERVICES.has(name) ? { layer: 'service', name } : null;
}
