import type { Environment } from './prepare.ts';
import { settings as known, resolveSetting } from './setting.ts';

export interface TelemetrySettings {
	/** Whether traces may hold what people asked and agents answered. */
	captureContent: boolean;
}

/** A variable that says where telemetry goes. */
const WHERE = /^OTEL_(?:EXPORTER_OTLP_(?:\w+_)?ENDPOINT|TRACES_EXPORTER|METRICS_EXPORTER)$/;
/** By the GenAI conventions: yes, or where. Events are not sent. */
const CAPTURES = ['true', 'span_only', 'span_and_event'];

/** Null: nothing is sent anywhere. */
export function telemetrySettings(env: Environment): TelemetrySettings | null {
	const said = (name: string) => (env[name] ?? '').trim().toLowerCase();
	const isWanted = Object.keys(env).some((name) => WHERE.test(name) && !['', 'none'].includes(said(name)));
	if (!isWanted || said('OTEL_SDK_DISABLED') === 'true') return null;
	const content = resolveSetting(known.telemetryContent, { env }).value;
	return { captureContent: CAPTURES.includes(content.trim().toLowerCase()) };
}
