import { Module } from '@nestjs/common';
import { AssetsController } from './assets.controller.ts';

/** What every page stands on: see `layout.tsx` and `parts.tsx`. */
@Module({ controllers: [AssetsController] })
export class PagesModule {}
