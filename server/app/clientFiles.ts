import express, { type Express } from 'express';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleNonceOf } from './net/securityHeaders';

const clientFolder = join(__dirname, '..', '..', 'client');
/** Stands in the built page where the nonce of the response goes. See vite.config.mts. */
const noncePlaceholder = /__STYLE_NONCE__/g;

/** Serves the built client, and its page for every path that is not ours. */
export function serveClient(app: Express): void {
  const index = join(clientFolder, 'index.html');
  if (!existsSync(index)) return;
  const page = readFileSync(index, 'utf8');
  app.use(express.static(clientFolder, { index: false, maxAge: '1y', immutable: true }));
  app.get(/^(?!\/(graphql|files)(\/|$)).*/, (_request, response) => {
    response.setHeader('Cache-Control', 'no-cache');
    response.type('html').send(page.replace(noncePlaceholder, styleNonceOf(response)));
  });
}
