import type Docker from 'dockerode';
import { removeContainer } from './attached-process.ts';
import { unlessGone } from './engine.ts';
import { isExpired, LABEL, type Labels, labelFilter } from './labels.ts';

/**
 * Whether nobody holds something with our labels any more: it is of another life of this program, or of another program
 * and beyond its lease.
 */
export function isLeftOver(
	name: string,
	labels: Labels,
	life: { instance: string; ours: ReadonlyMap<string, string>; now: number },
): boolean {
	if (labels[LABEL.instance] === life.instance) return !life.ours.has(name);
	return labels[LABEL.instance] !== undefined && isExpired(labels, life.now);
}

/** Removes the containers and then the volumes with these labels that are chosen. Returns how many. */
export async function removeAll(
	engine: Docker,
	labels: Readonly<Record<string, string | null>>,
	isChosen: (name: string, labels: Labels) => boolean,
): Promise<number> {
	const filters = labelFilter(labels);
	const containers = (await engine.listContainers({ all: true, filters })).filter((found) =>
		isChosen(found.Names[0]?.slice(1) ?? '', found.Labels),
	);
	await Promise.all(containers.map(({ Id }) => removeContainer(engine.getContainer(Id))));
	// The engine says null for none.
	const { Volumes: listed } = await engine.listVolumes({ filters });
	const volumes = (listed ?? []).filter((found) => isChosen(found.Name, found.Labels ?? {}));
	await Promise.all(volumes.map(({ Name }) => unlessGone(engine.getVolume(Name).remove())));
	return containers.length + volumes.length;
}
