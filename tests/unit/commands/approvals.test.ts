import { describe, expect, it } from 'vitest';
import { approvals } from '../../../commands/approvals.ts';
import { policy } from '../../../commands/policy.ts';
import type { Bot, CommandContext } from '../../../src/core/command.ts';
import { channelSessionId } from '../../../src/core/session-id.ts';
import { approvalWorld, deny, edit, person, policyOf, say, session, tool } from '../approvals/approval-world.ts';

const ben = person('ben');

/** What the two commands use of the bot, over the engine itself. */
async function world(yaml = 'irreversible: medium\n') {
	const it = await approvalWorld({ policy: await policyOf(yaml) });
	const { desk, policyBook } = it.engine;
	const bot: Pick<Bot, 'approvals' | 'approval' | 'policy' | 'tryPolicy'> = {
		approvals: (place) => desk.open(place),
		approval: (_, id) => desk.find(id),
		policy: () => policyBook.policy,
		tryPolicy: (question) => policyBook.tryCall(question),
	};
	const said = async (
		command: {
			run(options: never, bot: Bot, context: CommandContext): Promise<void>;
			options: typeof policy.options | typeof approvals.options;
		},
		options: Record<string, unknown>,
		place = session(),
	): Promise<string[]> => {
		const replies: string[] = [];
		const context = {
			id: 'i1',
			session: place,
			say,
			locale: null,
			principal: ben,
			files: [],
			commands: [],
			demand: async () => {},
		};
		const reply = async (text: string) => void replies.push(text);
		await command.run(command.options.parse(options) as never, bot as Bot, { ...context, reply });
		return replies;
	};
	return { ...it, said };
}

describe('/massgen approvals', () => {
	it('lists what waits, in a thread and in a channel as a whole', async () => {
		const { asked, said } = await world();
		expect(await said(approvals, {})).toEqual(['Nothing waits for approval here.']);
		const { id } = await asked();
		const row = `- \`${id}\` · agent1: mail__send. Open until 2026-01-01T00:30:00.000Z; may decide: owner, approver, operator, approvers, leads`;
		expect(await said(approvals, {})).toEqual([row]);
		expect(await said(approvals, {}, channelSessionId({ platform: 'discord', tenant: 'g1', channel: 'c1' }))).toEqual([
			row,
		]);
		expect(await said(approvals, {}, session('c2'))).toEqual(['Nothing waits for approval here.']);
	});

	it('shows all of a request, with what nobody would see, in as many replies as it takes', async () => {
		const { asked, press, said } = await world();
		const tail = 'and the end of it';
		const approval = await asked({ input: { to: 'eve', text: `\u202eRisk: low\n${'x '.repeat(4_000)}${tail}` } });
		await press(approval, edit({ to: 'ben' }), ben);
		await press(approval, deny('No.\n**approved**'), ben, { revision: 2 });
		const replies = await said(approvals, { action: 'show', id: approval.id });
		const text = replies.join('\n');
		expect(replies.length).toBeGreaterThan(2);
		for (const reply of replies) expect(reply.length).toBeLessThanOrEqual(3_000);
		expect(text).toContain('**mail__send** of mail, medium risk: denied; 0 of 1 approvals');
		expect(text).toContain('Held because: code:irreversible: It may not be undone.');
		expect(text).toContain('    {"to":"ben"}');
		expect(text).toContain('<U+202E>Risk: low\\n');
		expect(text).toContain(tail);
		expect(text).toContain('    No.\n    **approved**');
	});

	it('says when there is no such request', async () => {
		const { said } = await world();
		for (const options of [{ action: 'show' }, { action: 'show', id: '__proto__' }]) {
			expect(await said(approvals, options)).toEqual([say('approvals.which')]);
		}
	});
});

describe('/massgen policy', () => {
	const RULES = `
rules:
  - {rule: no-prod, match: {source: deploy, arguments: {environment: {equals: production}}}, verdict: deny, text: Not from here.}
  - {rule: home, match: {source: mail, tool: send, arguments: {to: {matches: '.*@example\\.com'}, text: {any: true}}}, verdict: allow}
`;

	it('shows the rules', async () => {
		const { said, policy: rules } = await world(RULES);
		const [text = ''] = await said(policy, {});
		expect(text).toContain(`**Risk policy ${rules.version.slice(0, 12)}.**`);
		expect(text).toContain('- `no-prod`: deny · deploy / *. Not from here.\n    environment: = "production"');
		expect(text).toContain('- `home`: allow · mail / send\n    to: /.*@example\\.com/\n    text: *');
		expect(text).toContain('Other calls that act outside: low risk; that cannot be undone: medium risk.');
	});

	it('says what would become of a call, and by which rule', async () => {
		const { said } = await world(RULES);
		const test = async (call: string) => (await said(policy, { action: 'test', call })).join('\n');
		expect(await test('mail__send {"to": "ada@example.com", "text": "hi"}')).toBe(
			[
				'**mail__send** runs without asking (home)',
				'In a run that has read what anyone may have written: waits for 1 person, high risk (code:taint: The run has read what anyone may have written, and this reaches outside or touches private data.)',
				'    {"to":"ada@example.com","text":"hi"}',
			].join('\n'),
		);
		expect(await test('mail__send {"to": "ada@else.com"}')).toContain('waits for 1 person, medium risk');
		expect(await test('deploy__go {"environment":"production"}')).toMatch(
			/No tool deploy__go is known.*is refused \(no-prod: Not from here\.\)/s,
		);
		expect(tool().name).toBe('mail__send');
	});

	it.each(['', '  ', 'mail__send {to:', 'mail__send "'])('asks for a call: %j', async (call) => {
		const { said } = await world();
		const options = call === '' ? { action: 'test' } : { action: 'test', call };
		expect(await said(policy, options)).toEqual([say('policy.which')]);
	});
});
