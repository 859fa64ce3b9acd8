import { messageOf } from '../../core/errors.ts';
import type { RunObserver } from '../../core/run-observer.ts';
import { createRunMeters } from './opentelemetry/run-meters.ts';
import { createRunSpans } from './opentelemetry/run-spans.ts';

export interface OpenTelemetryOptions {
	/** Of the program. */
	version: string;
	/** Whether spans may hold what people asked and agents answered. */
	captureContent: boolean;
	/** Why something could not be sent. */
	onProblem(reason: string): void;
}

export interface OpenTelemetry extends RunObserver {
	/** Sends what is left, as far as it can be sent. Never rejects. */
	close(): Promise<void>;
}

const NAME = 'massgen-chat';

/**
 * Traces and metrics of runs by the GenAI conventions (v0.1.0 of their own repository). Where they go is what the
 * variables `OTEL_*` of the process say, which the SDK reads itself.
 */
export async function createOpenTelemetry(options: OpenTelemetryOptions): Promise<OpenTelemetry> {
	const [api, { NodeSDK }, resources] = await Promise.all([
		import('@opentelemetry/api'),
		import('@opentelemetry/sdk-node'),
		import('@opentelemetry/resources'),
	]);
	const { version, onProblem } = options;
	// The arguments of the process, which the SDK would send by itself, may be somebody's question.
	const resourceDetectors = [resources.hostDetector, resources.serviceInstanceIdDetector, resources.envDetector];
	const sdk = new NodeSDK({
		resource: resources.resourceFromAttributes({ 'service.name': NAME, 'service.version': version }),
		resourceDetectors,
		logRecordProcessors: [],
		instrumentations: [],
	});
	tellProblems(api, onProblem);
	sdk.start();
	const spans = createRunSpans(api, api.trace.getTracer(NAME, version), options.captureContent);
	const meters = createRunMeters(api.metrics.getMeter(NAME, version));
	return {
		observe(event, isOld = false) {
			// Most of all events, and nothing to tell of.
			if (event.type === 'text_delta') return;
			spans.observe(event, isOld);
			meters.observe(event, isOld);
		},
		left(run) {
			spans.left(run);
			meters.left(run);
		},
		async close() {
			spans.close();
			await sdk.shutdown().catch((thrown: unknown) => onProblem(messageOf(thrown)));
			api.trace.disable();
			api.metrics.disable();
			api.context.disable();
			api.propagation.disable();
			api.diag.disable();
		},
	};
}

/** What the SDK would otherwise keep to itself, such as a collector that cannot be reached. */
function tellProblems({ diag, DiagLogLevel }: typeof import('@opentelemetry/api'), tell: (reason: string) => void) {
	const unheard = () => {};
	const error = (message: string) => tell(message);
	const logger = { error, warn: error, info: unheard, debug: unheard, verbose: unheard };
	diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
