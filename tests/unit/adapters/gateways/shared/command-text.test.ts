import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../../../commands/index.ts';
import { isStopWord, readCommand } from '../../../../../src/adapters/gateways/shared/command-text.ts';
import { formOf } from '../../../../../src/core/command-form.ts';

const forms = commands.filter(({ reach }) => reach === 'everywhere').map(formOf);
const read = (text: string) => readCommand(text, forms);
const asks = (question: string, options = {}) => ({ name: 'ask', options: { question, ...options } });

describe('a typed command', () => {
	it.each([
		['stop', { name: 'stop', options: {} }],
		['  STATUS ', { name: 'status', options: {} }],
		['retry --run r7', { name: 'retry', options: { run: 'r7' } }],
		['rate good', { name: 'rate', options: { verdict: 'good' } }],
		['rate --run r7 Bad', { name: 'rate', options: { run: 'r7', verdict: 'bad' } }],
		['ask Why is it so?', asks('Why is it so?')],
		['Why is it so?', asks('Why is it so?')],
		['ask --team trio Why?\nReally?', asks('Why?\nReally?', { team: 'trio' })],
		['ask Why? --team trio --quick', asks('Why?', { team: 'trio', quick: true })],
		['ask Why? —quick –verbosity full', asks('Why?', { quick: true, verbosity: 'full' })],
		['ask --quick=false --team=trio Why?', asks('Why?', { quick: false, team: 'trio' })],
		['ask “Why?”', asks('Why?')],
		['memory', { name: 'memory', options: {} }],
		['memory forget id:1a2b', { name: 'memory', options: { action: 'forget', id: '1a2b' } }],
		['memory forget mine:true all:true', { name: 'memory', options: { action: 'forget', mine: true, all: true } }],
		['memory on days:90', { name: 'memory', options: { action: 'on', days: '90' } }],
		['memory add text:We are ten: id:7', { name: 'memory', options: { action: 'add', text: 'We are ten: id:7' } }],
		['memory edit id:1a2b text: “At two”', { name: 'memory', options: { action: 'edit', id: '1a2b', text: 'At two' } }],
		['memory add We are ten', { name: 'memory', options: { action: 'add', text: 'We are ten' } }],
		[
			'memory search deploy day --mine',
			{ name: 'memory', options: { action: 'search', text: 'deploy day', mine: true } },
		],
	])('%j is understood', (text, command) => {
		expect(read(text)).toEqual(command);
	});

	it.each([
		'stop the war on drugs?',
		'status of the project?',
		'why is the sky blue',
		'help me with --team in git',
		'rate this poem',
		'rate good: what does it mean?',
		'memory leaks in Go',
		'memory forget mine:maybe',
		'stop run: is it a command?',
		'What does git commit --amend do?',
		'ls --color shows what',
		'Say "yes" or "no"',
	])('%j is a question, word for word', (text) => {
		expect(read(text)).toEqual(asks(text));
	});

	it.each(['', '  \n ', 'ask', 'ask   ', 'ask --quick', 'ask --team trio'])('%j asks nothing', (text) => {
		expect(read(text)).toBeNull();
	});

	it('loses no question, whatever it says', () => {
		const word = fc
			.string({ minLength: 1, unit: 'grapheme' })
			.filter((text) => !/^[-–—“”„"]|[“”"]$/u.test(text.trim()));
		fc.assert(
			fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
				const text = `ask ${words.join(' ')}`;
				fc.pre(words.join('').trim() !== '');
				expect(read(text)).toEqual(asks(words.join(' ').trim()));
			}),
		);
	});
});

describe('a stop word', () => {
	it.each(['stop', '!stop', ' Stop. ', 'STOP!'])('%j stops', (text) => expect(isStopWord(text)).toBe(true));
	it.each(['stop it', 'don’t stop', 'stop?', 'bus stop', ''])('%j does not', (text) =>
		expect(isStopWord(text)).toBe(false),
	);
});
