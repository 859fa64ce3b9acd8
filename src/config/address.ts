import { z } from 'zod';

/** An address, or a variable that will hold one. */
export const address = z.string().regex(/^(https?:\/\/.|\$\{)/, {
	error: 'expected an address that begins with http:// or https://',
});
