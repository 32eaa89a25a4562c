import { Global, Module } from '@nestjs/common';
import { IdempotencyRepository } from './idempotency.repository.ts';
import { IdempotencyService } from './idempotency.service.ts';

/** Global, because `@Idempotent()` makes its interceptor inside the module of the controller that uses it. */
@Global()
@Module({ providers: [IdempotencyRepository, IdempotencyService], exports: [IdempotencyService] })
export class IdempotencyModule {}
