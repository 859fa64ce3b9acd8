import type { Browser } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { Approval, ApprovalItem } from '../../../src/core/approval.ts';
import type { Inbound, MessageOf } from '../../../src/core/gateway.ts';
import { approvalOf } from '../../support/approvals.ts';
import { openTab, type TabOptions } from '../../support/tab.ts';
import { served } from '../../unit/adapters/gateways/web/served.ts';
import { placeIn, question } from '../../unit/adapters/gateways/web/thread-messages.ts';

const BUILT_PAGE = new URL('../../../dist/ui/', import.meta.url);

type Decided = Extract<Inbound, { type: 'decision' }>['decision'];

/** A thread with a card in a tab, and a bot that keeps to `answer` when somebody decides. */
export async function cardIn(browser: Browser | null, given: Partial<Approval>, options: TabOptions = {}) {
	const page = await served({ assets: BUILT_PAGE });
	const createdAt = page.clock.now();
	let approval = approvalOf({ createdAt, expiresAt: createdAt + 1_800_000, ...given });
	const show = (change: Partial<Approval> = {}) => {
		approval = { ...approval, ...change };
		return page.show(placeIn('t1'), { type: 'approval', key: `approval:${approval.id}`, approval });
	};
	const decisions: Decided[] = [];
	page.host.onReceive = async (inbound) => {
		if (inbound.type === 'decision') decisions.push(inbound.decision);
	};
	/** What the bot makes of a decision: the item of the call that it names becomes this. */
	const answer = (become: (item: ApprovalItem, decision: Decided) => Partial<ApprovalItem>) => {
		page.host.onReceive = async (inbound) => {
			if (inbound.type !== 'decision') return;
			decisions.push(inbound.decision);
			const { callId } = inbound.decision;
			const items = approval.items.map((item) =>
				item.callId === callId ? { ...item, ...become(item, inbound.decision) } : item,
			);
			await show({ items });
		};
	};
	await page.show(placeIn('t1'), question());
	await page.show(placeIn('t1'), board());
	await show();
	const tab = await openTab(browser, page.url('/t/t1'), options);
	onTestFinished(() => tab.context().close());
	await tab.locator('.approval').waitFor();
	return { page, tab, decisions, answer, show };
}

export const board = (tool: string | null = null, note: string | null = null): MessageOf<'board'> => ({
	type: 'board',
	key: 'board',
	run: 'r1',
	title: 'File the bug',
	team: 'trio',
	orchestration: 1,
	rows: [{ agent: 'writer', name: 'agent2', model: 'demo', state: 'presenting', tool, version: 1, votes: 2, note }],
	finished: null,
	askedBy: null,
	stoppedBy: null,
	startedAt: 1,
	result: null,
});
