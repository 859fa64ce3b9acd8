import type { Gateway } from '../../core/gateway.ts';
import type { Registry } from './registry.ts';

/** Seconds of posts, waits for their turn included. */
const POST_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export interface GatewayMetrics {
	/** The gateway, with what it shows counted and timed. */
	counted(gateway: Gateway): Gateway;
	/** A platform has told to wait. */
	limited(platform: string): void;
}

export function createGatewayMetrics(registry: Registry): GatewayMetrics {
	const posts = registry.counter('massgen_platform_posts_total', 'Messages posted, edited and removed.');
	const limits = registry.counter('massgen_platform_rate_limited_total', 'Times that a platform told to wait.');
	const durations = registry.histogram(
		'massgen_platform_post_duration_seconds',
		'Posts, edits and removals, with the waits that keep to the limits of a platform.',
		POST_SECONDS,
	);
	const timed = async <Result>(platform: string, operation: string, work: () => Promise<Result>): Promise<Result> => {
		const began = performance.now();
		let result = 'failed';
		try {
			const done = await work();
			result = 'done';
			return done;
		} finally {
			posts.add({ platform, operation, result });
			durations.record({ platform, operation }, (performance.now() - began) / 1_000);
		}
	};
	return {
		limited: (platform) => limits.add({ platform }),
		counted(gateway) {
			const { name } = gateway;
			// Its other members are read from it itself: some of them change.
			const counted: Pick<Gateway, 'post' | 'edit' | 'remove'> = {
				post: (...given) => timed(name, 'post', () => gateway.post(...given)),
				edit: (...given) => timed(name, 'edit', () => gateway.edit(...given)),
				remove: (...given) => timed(name, 'remove', () => gateway.remove(...given)),
			};
			return Object.assign(Object.create(gateway), counted);
		},
	};
}
