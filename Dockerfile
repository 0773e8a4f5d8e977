# One image for both roles: LABELLOOP_ROLE decides what a container is.
FROM node:24-bookworm-slim AS build
WORKDIR /app
# onnxruntime-node brings its CPU library along; its script would fetch CUDA.
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production LABELLOOP_DATA=/data LABELLOOP_CACHE=/data/cache
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/models/weights ./models/weights
# A volume that is mounted here for the first time takes over this owner.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 4000
# For the roles that serve HTTP; docker-compose.yml gives the worker its own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.LABELLOOP_PORT || 4000}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server/app/main.js"]
