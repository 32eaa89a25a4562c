import { Module } from '@nestjs/common';
import { HoldersRepository } from './holders.repository.ts';
import { HoldersService } from './holders.service.ts';

/** Reading people and contracts. Writing them is `RegisterModule`, which needs messages, which need this. */
@Module({ providers: [HoldersRepository, HoldersService], exports: [HoldersService] })
export class HoldersModule {}
