import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

/** The built page. Vite names what is in `assets/` by its content, so that may be kept for ever. */
export async function addPageRoutes(app: FastifyInstance, folder: URL): Promise<void> {
	const { fastifyStatic } = await import('@fastify/static');
	const root = fileURLToPath(folder).replace(/[\\/]$/, '');
	await app.register(fastifyStatic, {
		root,
		index: false,
		dotfiles: 'ignore',
		cacheControl: false,
		suppressWarning: true,
		setHeaders(reply, path) {
			const named = /^[\\/]assets[\\/]/.test(path.slice(root.length));
			reply.header('cache-control', named ? 'public, max-age=31536000, immutable' : 'no-cache');
		},
	});
	app.get('/', (_request, reply) => reply.sendFile('index.html'));
	app.get('/t/:id', (_request, reply) => reply.sendFile('index.html'));
}
