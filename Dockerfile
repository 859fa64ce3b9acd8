# The program and its page in one image. Works with BuildKit and with the builder before it.
# Any Debian-like image with Node 24 and npm can be the base: docker build --build-arg NODE_IMAGE=...
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No package of ours needs its install script here: the only one that is allowed fetches a Node, and the base has one.
# Node strips no types below node_modules, so nothing that runs reads the .ts files there. mem0ai imports better-sqlite3 and
# never uses it here, so nobody compiles its sources.
# Optional is what a package of ours could use and none needs here, the frameworks of example teams among them.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
	&& find node_modules -type f \( -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' \
		-o -path '*/better-sqlite3/deps/*' -o -path '*/better-sqlite3/src/*' \) -delete

# On top of the dependencies for npm's cache: what they downloaded is not downloaded again.
FROM dependencies AS page
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run prepare

FROM ${NODE_IMAGE}
WORKDIR /app
# Runs are the only thing that is written, so the rest can be read-only and belongs to root.
RUN mkdir /data && chown 1000:1000 /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY config ./config
COPY commands ./commands
COPY src ./src
COPY --from=page /app/dist/ui ./dist/ui

# Outside a container the page is bound to loopback. In here that would be nobody, so it is bound to every address,
# and then WEB_TOKEN has to be given: without one the program says so and ends.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
EXPOSE 8080
VOLUME /data
# The user `node` of the official image, by number: an orchestrator sees that it is not root.
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "-e", \
	"fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell between: SIGTERM reaches the program, which suspends its runs; the next start continues them.
ENTRYPOINT ["node", "src/main.ts"]
CMD ["start"]
