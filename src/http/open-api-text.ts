import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module.ts';
import { loadConfig } from '../config/config.ts';
import { buildOpenApi } from './open-api.ts';

/**
 * The OpenAPI document as it stands in `openapi.json`. Needs no database: the application is put together, but nothing in
 * it is made. Run it from compiled code.
 */
export async function openApiText(): Promise<string> {
  const config = loadConfig({ MANDAAT_KEYS: `unused:${randomBytes(32).toString('base64')}` });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return `${JSON.stringify(buildOpenApi(app), null, 2)}\n`;
}
