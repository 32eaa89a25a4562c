import { Module } from '@nestjs/common';

import { CapacityRepository } from './capacity.repository.ts';
import { Capacity } from './capacity.service.ts';

@Module({ providers: [Capacity, CapacityRepository], exports: [Capacity] })
export class CapacityModule {}
