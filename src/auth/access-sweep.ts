import { Injectable, type OnModuleInit, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS, type Access } from './access.decorators.ts';

/** Keeps the application from starting with a route about which nobody said who may use it. */
@Injectable()
export class AccessSweep implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** @throws Error naming every such route */
  onModuleInit(): void {
    const open = this.routes().filter((route) => route.access === undefined);
    if (open.length === 0) return;
    throw new Error(
      `Say with @Scopes(…) or @Public() who may use ${open.map((route) => `${route.name} (${route.method})`).join(', ')}.`,
    );
  }

  private routes(): { name: string; method: string; access: Access | undefined }[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prototype = metatype.prototype as Record<string, () => unknown>;
      return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name];
        if (handler === undefined || Reflect.getMetadata(PATH_METADATA, handler) === undefined) return [];
        const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
        const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [handler, metatype]);
        return [{ name: `${metatype.name}.${name}`, method, access }];
      });
    });
  }
}
