/**
 * Whether it was the other side's certificate, or else its TLS, that kept a connection from being made. Somebody may stand in
 * between: an operator has to be told of it as something else than bad weather.
 *
 * @param code of an error of Node's
 */
export function isOfTls(code: unknown): boolean {
  return typeof code === 'string' && /CERT|SELF_SIGNED|^ERR_TLS|^ERR_SSL|UNABLE_TO/.test(code);
}
