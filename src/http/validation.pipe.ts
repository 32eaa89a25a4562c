import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { AppError, type Fault } from '../errors.ts';
import { compiledBodies } from './compiled-body.ts';

/**
 * Reads bodies, queries and parameters into their classes. Nothing is converted silently: "5" is not 5. A field that the
 * class doesn't know is a fault, so that a misspelt limit is never taken for "no limit".
 *
 * @throws AppError `validation_failed`, with a JSON pointer per fault
 */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  private readonly compiled = compiledBodies();

  /** @param isTolerant fields that the class doesn't know are left out instead: for wires that others define */
  constructor(isTolerant = false) {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: !isTolerant,
      forbidUnknownValues: true,
      // The target tells which fields there are, the value of which kind it is; neither leaves this file.
      validationError: { target: true, value: true },
      exceptionFactory: (errors) =>
        new AppError('validation_failed', 'Some fields are not as they should be; errors says which.', {
          faults: errors.flatMap((error) => faultsOf(error, '')),
        }),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isOurs = metadata.type === 'body' || metadata.type === 'param';
    const recognised = isOurs ? this.compiled.read(metadata.metatype, value) : null;
    if (recognised !== null) return recognised;
    const isRead = metadata.type === 'body' && metadata.metatype !== undefined && this.toValidate(metadata);
    if (isRead && value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
      throw new AppError('validation_failed', 'The body must be a JSON object.', {
        faults: [{ pointer: '', detail: 'must be a JSON object' }],
      });
    }
    return (await super.transform(value, metadata)) as unknown;
  }
}

/** Of a list in which something is no object; the others in it are looked at all the same. */
export const HOLDS_OBJECTS = 'must hold objects';

function faultsOf(error: ValidationError, parent: string): Fault[] {
  // RFC 6901. Cut, because a name that the client made up may be as long as its body.
  const pointer = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`;
  const broken = Object.entries(error.constraints ?? {});
  const otherKind = broken.find(([rule]) => rule === 'isArray' || rule === 'isObject');
  const own = (otherKind === undefined ? broken : [otherKind]).map(([rule, message]) => ({
    pointer,
    detail: rule === 'whitelistValidation' ? unknownField(error.target) : withoutName(message, error.property),
  }));
  // Of what is no list or no object at all, what would be wrong with one says nothing.
  const isLooked = otherKind === undefined || otherKind[1] === HOLDS_OBJECTS;
  const inside = isLooked
    ? (error.children ?? []).filter(({ value }) => otherKind === undefined || isPlain(value))
    : [];
  return [...own, ...inside.flatMap((child) => faultsOf(child, pointer))];
}

const isPlain = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function unknownField(target: object | undefined): string {
  const allowed = new Set(
    target === undefined
      ? []
      : getMetadataStorage()
          .getTargetValidationMetadatas(target.constructor, '', false, false)
          .map(({ propertyName }) => propertyName),
  );
  return allowed.size === 0
    ? 'is not a field; none is allowed here'
    : `is not a field; allowed are ${[...allowed].toSorted().join(', ')}`;
}

/** The pointer says where; class-validator's messages begin with the name of the field once more. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
