import { createHash } from 'node:crypto';
import type { SandboxImage } from '../../../core/sandbox.ts';

export type Labels = Readonly<Record<string, string>>;

/** Keys of what we put on containers and volumes. Images have keys of their own, because containers inherit those. */
export const LABEL = {
	/** Which program's, over all its lives. */
	instance: 'massgen.instance',
	run: 'massgen.run',
	purpose: 'massgen.purpose',
	/** Milliseconds since the epoch after which nobody holds it any more. */
	expires: 'massgen.expires',
	/** On a volume: the most it holds. */
	bytes: 'massgen.bytes',
	files: 'massgen.files',
} as const;

export const IMAGE_LABEL = { name: 'massgen.image', content: 'massgen.content' } as const;

/** What the image of this name is called that was made last. */
export const imageTag = (name: SandboxImage): string => `massgen-${name}:latest`;

/** A name that is the same for the same parts, of an instance: what is left of another life has it too. */
export function nameOf(instance: string, ...parts: readonly (string | number)[]): string {
	const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
	return `massgen-${instance}-${digest}`;
}

/** The filter of engine queries for things with these labels; null: with any value. */
export function labelFilter(labels: Readonly<Record<string, string | null>>): string {
	const label = Object.entries(labels).map(([key, value]) => (value === null ? key : `${key}=${value}`));
	return JSON.stringify({ label });
}

/** Whether the lease on something has ended. What has no readable lease is not ours to judge. */
export function isExpired(labels: Labels, now: number): boolean {
	const expires = Number(labels[LABEL.expires] ?? Number.NaN);
	return Number.isFinite(expires) && expires < now;
}
