import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from './config.ts';

/** Hands the one configuration to whoever asks for it. */
@Module({})
export class ConfigModule {
  static with(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}
