FROM node:20.20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package needs an install script, and the embedded PostgreSQL is for trials: production has a database of its own.
RUN npm ci --ignore-scripts --omit=optional
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src src
COPY migrations migrations
# The demo refuses production, and nobody reads maps there: what isn't needed isn't in the image.
RUN npm run build \
  && rm -r dist/src/demo \
  && find dist -name '*.map' -delete \
  && npm prune --ignore-scripts --omit=dev --omit=optional

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY policies policies
COPY LICENSE ./
# A volume of checkpoints that is mounted here belongs to the service.
RUN install --directory --owner node /checkpoints
USER node
EXPOSE 3000
# Ready, not only alive: the database answers, its tables are right, and messages leave.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the first process, so that SIGTERM reaches it.
CMD ["node", "--max-semi-space-size=8", "--v8-pool-size=1", "dist/src/main.js"]
