import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { startArguments } from '../../src/cli/arguments.ts';
import { allSettings } from '../../src/config/setting.ts';
import { ROOT } from './source-files.ts';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const known = new Set(allSettings().flatMap(({ env }) => env));

/** The role that a container is started with; `args` begin with the sub-command. */
const roleOf = ([command, ...args]: readonly string[]) => (command === 'start' ? startArguments(args).role : null);

describe('config/deploy/compose.workers.yaml', () => {
	const service = z.object({
		command: z.array(z.string()),
		environment: z.record(z.string(), z.string()),
		stop_grace_period: z.string().optional(),
		volumes: z.array(z.string()).default([]),
		deploy: z.object({ replicas: z.number() }).optional(),
	});
	const { services } = z
		.object({ services: z.record(z.string(), service) })
		.parse(parse(read('config/deploy/compose.workers.yaml')));
	const base = parse(read('compose.yaml')) as { services: Record<string, Record<string, unknown>> };

	it('makes the service of compose.yaml the gateway, and puts two workers beside it', () => {
		const [gateway, worker] = [services['massgen-chat'], services.worker];
		expect(Object.keys(services)).toEqual(['massgen-chat', 'worker']);
		expect([roleOf(gateway?.command ?? []), roleOf(worker?.command ?? [])]).toEqual(['gateway', 'worker']);
		expect(worker).toMatchObject({ deploy: { replicas: 2 }, stop_grace_period: '25s' });
	});

	it('gives the worker the settings and the confinement of the service that it stands beside', () => {
		const own = (parse(read('config/deploy/compose.workers.yaml')) as typeof base).services.worker;
		const { environment, ...rest } = base.services['massgen-chat'] ?? {};
		for (const key of [
			'image',
			'env_file',
			'volumes',
			'extra_hosts',
			'read_only',
			'tmpfs',
			'cap_drop',
			'security_opt',
		]) {
			expect(own?.[key], key).toEqual(rest[key]);
		}
		const { AUDIT_KEY, PROBE_PORT, ...same } = services.worker?.environment ?? {};
		expect(read('Dockerfile')).toContain(`PORT=${PROBE_PORT} `);
		expect(environment).toMatchObject(same);
		expect(AUDIT_KEY).toBe(services['massgen-chat']?.environment.AUDIT_KEY);
		expect(AUDIT_KEY).toMatch(/^\$\{AUDIT_KEY:\?.+\}$/);
	});
});

describe('config/deploy/kubernetes.yaml', () => {
	const container = z.object({
		name: z.string(),
		image: z.string(),
		args: z.array(z.string()),
		env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
		envFrom: z.array(z.object({ secretRef: z.object({ name: z.string() }) })).default([]),
		securityContext: z.record(z.string(), z.unknown()).optional(),
		livenessProbe: z.object({ httpGet: z.object({ path: z.string(), port: z.number() }) }).optional(),
	});
	const spec = z.object({
		selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
		template: z.object({
			metadata: z.object({ labels: z.record(z.string(), z.string()) }),
			spec: z.object({ terminationGracePeriodSeconds: z.number().optional(), containers: z.array(container) }),
		}),
	});
	const documents = parseAllDocuments(read('config/deploy/kubernetes.yaml')).map((one) => one.toJS() as unknown);
	const named = z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) });
	const workloads = documents.flatMap((one) => {
		const { kind } = named.parse(one);
		return kind === 'Deployment' || kind === 'StatefulSet' ? [z.object({ spec }).parse(one).spec] : [];
	});
	const ours = workloads.filter(({ template }) => template.spec.containers[0]?.image === 'massgen-chat');

	it('has a gateway and workers, which end in their time and may do no more than they need', () => {
		expect(ours.map(({ template }) => roleOf(template.spec.containers[0]?.args ?? []))).toEqual(['gateway', 'worker']);
		for (const { template } of ours) {
			expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(25);
			expect(template.spec.containers[0]?.securityContext).toEqual({
				...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
			});
		}
	});

	it('selects what it makes, and asks for how it is where the page tells', () => {
		for (const { selector, template } of workloads) expect(template.metadata.labels).toEqual(selector.matchLabels);
		for (const { template } of ours) {
			expect(template.spec.containers[0]?.livenessProbe?.httpGet).toEqual({ path: '/healthz', port: 8080 });
		}
		const worker = ours[1]?.template.spec.containers[0];
		expect(worker?.env).toContainEqual({ name: 'PROBE_PORT', value: '8080' });
		expect(read('Dockerfile')).toContain('PORT=8080');
	});

	it('sets variables that there are, and no secret', () => {
		const variables = ours.flatMap(({ template }) => template.spec.containers.flatMap(({ env }) => env));
		expect(variables.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
		expect(variables.filter(({ name }) => /KEY|TOKEN|SECRET|PASSWORD/.test(name))).toEqual([]);
		expect(documents.map((one) => named.parse(one).kind)).not.toContain('Secret');
	});
});
