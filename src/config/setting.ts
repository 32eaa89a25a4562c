import { buildMessage, ValidateBy } from 'class-validator';

/** What the operator reads about one setting. The same lines make the README's table and `.env.example`. */
export interface Setting {
  /** Name of the environment variable. */
  readonly variable: string;
  readonly field: string;
  /** As the operator would write it; undefined = no default. */
  readonly default: string | undefined;
  /** The default in words, where it depends on other settings. */
  readonly defaultInWords: string | undefined;
  /** What is accepted, in words. */
  readonly bounds: string;
  readonly about: string;
  /** It holds a secret: it may come from a file too, see {@link fileVariable}. */
  readonly isSecret: boolean;
  /** What stands in the variable → what stands in the field. Text that can't be read becomes something that isn't accepted. */
  readonly read: (text: string) => unknown;
}

/** One kind of value: what is accepted, said once for the check, the message and the documents. */
export interface Kind<Value> {
  readonly bounds: string;
  readonly read: (text: string) => unknown;
  readonly accepts: (value: Value) => boolean;
}

interface Description {
  readonly default?: string;
  readonly defaultInWords?: string;
  readonly about: string;
  readonly isSecret?: boolean;
}

/** Every setting, in the order of the class. */
export const settings: Setting[] = [];

/** Fills a field of the configuration from this variable, and validates it. A variable that is unset or empty gets the default. */
export function FromEnvironment<Value>(
  variable: string,
  kind: Kind<Value>,
  description: Description,
): PropertyDecorator {
  const hasDefault = description.default !== undefined || description.defaultInWords !== undefined;
  return (target, field) => {
    settings.push({
      variable,
      field: String(field),
      default: description.default,
      defaultInWords: description.defaultInWords,
      bounds: kind.bounds,
      about: description.about,
      isSecret: description.isSecret ?? false,
      read: kind.read,
    });
    ValidateBy({
      name: variable,
      validator: {
        validate: (value: unknown) => (value === undefined ? !hasDefault : kind.accepts(value as Value)),
        // Never the value: it may be a secret, and this ends up in a log.
        defaultMessage: buildMessage(() => `${variable} must be ${kind.bounds}.`),
      },
    })(target, field);
  };
}
