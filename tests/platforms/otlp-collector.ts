import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One value as OTLP writes it. */
type OtlpValue = { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean };
interface OtlpAttribute {
	key: string;
	value: OtlpValue;
}

export interface CollectedSpan {
	name: string;
	traceId: string;
	spanId: string;
	parentSpanId?: string;
	kind: number;
	startTimeUnixNano: string;
	endTimeUnixNano: string;
	status: { code?: number };
	attributes: Record<string, unknown>;
}

export interface Collector {
	address: string;
	/** Bodies that were sent, as they came, with their type. */
	requests: { path: string; type: string; authorization: string; body: Buffer }[];
	/** Of bodies in JSON. */
	spans(): CollectedSpan[];
	/** Attributes of what sent them. */
	resource(): Record<string, unknown>;
	/** Data points by the name of their metric, of bodies in JSON. */
	points(name: string): { attributes: Record<string, unknown>; count?: number | string; asDouble?: number }[];
	stop(): Promise<void>;
}

/** Receives OTLP over HTTP as a collector does. */
export async function startCollector(): Promise<Collector> {
	const requests: Collector['requests'] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const raw = Buffer.concat(chunks);
			const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
			const { authorization = '', 'content-type': type = '' } = request.headers;
			requests.push({ path: request.url ?? '', type, authorization, body });
			response.setHeader('content-type', type).end(type === 'application/json' ? '{}' : '');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const bodies = <Body>(path: string): Body[] =>
		requests.filter((one) => one.path === path).map(({ body }) => JSON.parse(body.toString()) as Body);
	return {
		address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		spans: () =>
			bodies<TraceBody>('/v1/traces')
				.flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
				.flatMap(({ spans }) => spans.map((span) => ({ ...span, attributes: plain(span.attributes) }))),
		resource: () => plain(bodies<TraceBody>('/v1/traces')[0]?.resourceSpans[0]?.resource.attributes ?? []),
		points: (name) =>
			bodies<MetricBody>('/v1/metrics')
				.flatMap(({ resourceMetrics }) => resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics))
				.flatMap(({ metrics }) => metrics.filter((metric) => metric.name === name))
				.flatMap(({ histogram, sum }) => (histogram ?? sum)?.dataPoints ?? [])
				.map((point) => ({ ...point, attributes: plain(point.attributes) })),
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

interface TraceBody {
	resourceSpans: {
		resource: { attributes: OtlpAttribute[] };
		scopeSpans: { spans: (Omit<CollectedSpan, 'attributes'> & { attributes: OtlpAttribute[] })[] }[];
	}[];
}
interface Points {
	dataPoints: { attributes: OtlpAttribute[]; count?: number; asDouble?: number }[];
}
interface MetricBody {
	resourceMetrics: { scopeMetrics: { metrics: { name: string; histogram?: Points; sum?: Points }[] }[] }[];
}

const plain = (attributes: readonly OtlpAttribute[]): Record<string, unknown> =>
	Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
