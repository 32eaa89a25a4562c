import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.ts';
import { BlindIndex } from './blind-index.ts';
import { KeyRing } from './key-ring.ts';
import { PersonKeys } from './person-keys.ts';

@Global()
@Module({
  providers: [
    { provide: KeyRing, inject: [Config], useFactory: (config: Config) => new KeyRing(config.keyRing) },
    { provide: PersonKeys, inject: [KeyRing], useFactory: (ring: KeyRing) => new PersonKeys(ring) },
    { provide: BlindIndex, inject: [KeyRing], useFactory: (ring: KeyRing) => new BlindIndex(ring) },
  ],
  exports: [KeyRing, PersonKeys, BlindIndex],
})
export class CryptoModule {}
