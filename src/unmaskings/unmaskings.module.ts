import { Module } from '@nestjs/common';

import { UnmaskingsController } from './unmaskings.controller.ts';
import { UnmaskingsRepository } from './unmaskings.repository.ts';
import { Unmaskings } from './unmaskings.service.ts';

/** Who agents really are, for two people together. */
@Module({ controllers: [UnmaskingsController], providers: [Unmaskings, UnmaskingsRepository], exports: [Unmaskings] })
export class UnmaskingsModule {}
