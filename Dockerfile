# One image a service, all from the same build: docker build --target aggregator -t omninode-mesh/aggregator .
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json tsconfig.base.json tsconfig.json ./
COPY apps apps
COPY libs libs
COPY dashboards dashboards
COPY tools tools
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
RUN node node_modules/ts7/bin/tsc -b apps/aggregator apps/database-collector apps/kafka-collector apps/cache-collector \
    apps/breaker-collector apps/demo-bridge \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error

FROM node:24-bookworm-slim AS service
LABEL org.opencontainers.image.title="OmniNode Mesh" \
  org.opencontainers.image.description="Watches databases, Kafka, caches and circuit breakers, and publishes what it sees on Kafka." \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="0.1.0"
WORKDIR /app
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/libs libs
COPY --from=build /build/apps apps
COPY package.json ./
# The spool lies here; everything else of the file system can be read-only.
RUN mkdir /data && chown node:node /data
ENV NODE_ENV=production OMNINODE_DATA_DIR=/data OMNINODE_HTTP_HOST=0.0.0.0 OMNINODE_LOG_FORMAT=json
VOLUME /data
USER node
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["node", "libs/service-kit/healthcheck.mjs"]
ENTRYPOINT ["node"]

FROM service AS aggregator
ENV OMNINODE_HTTP_PORT=8080
EXPOSE 8080
CMD ["apps/aggregator/dist/main.js"]

FROM service AS database-collector
ENV OMNINODE_HTTP_PORT=8081
EXPOSE 8081
CMD ["apps/database-collector/dist/main.js"]

FROM service AS kafka-collector
ENV OMNINODE_HTTP_PORT=8082
EXPOSE 8082
CMD ["apps/kafka-collector/dist/main.js"]

FROM service AS cache-collector
ENV OMNINODE_HTTP_PORT=8083
EXPOSE 8083
CMD ["apps/cache-collector/dist/main.js"]

FROM service AS breaker-collector
ENV OMNINODE_HTTP_PORT=8084
EXPOSE 8084
CMD ["apps/breaker-collector/dist/main.js"]

FROM service AS demo-bridge
ENV OMNINODE_HTTP_PORT=8086
EXPOSE 8086
CMD ["apps/demo-bridge/dist/main.js", "--database-file", "/run/secrets/demo_database_url"]
