import { describe, expect, it } from 'vitest';
import { stage } from './stage.ts';

describe('asking on Discord', () => {
	it('answers /massgen ask in a thread of its own', async () => {
		const { discord, thread, message, problems } = await stage();
		const ada = discord.person('Ada');
		const general = discord.channel('Alpha', 'general');
		const answer = await ada.slash(general, 'massgen ask', { question: 'Why?' });
		expect([answer.saw, answer.ephemeral]).toEqual(['thinking', true]);
		const place = await thread(general);
		await message(place, 'Presented for Why?');
		await discord.until('the link', () => answer.message()?.content.includes(`/${general.id}/`));
		expect(problems).toEqual([]);
		console.log(discord.transcript(general));
		expect(discord.violations).toEqual([]);
	});
});
