import type { ServerResponse } from 'node:http';
import { decodeJwt, type JWK, type JWTPayload } from 'jose';

/**
 * Makes the ID token that comes in the place of the provider's own, from the claims of that one and the key that signed it;
 * null = none comes.
 */
export type Forgery = (claims: JWTPayload, key: JWK) => Promise<string> | string | null;

/** Lets a provider answer as ever, and puts another ID token into its answer. */
export function forgeInto(response: ServerResponse, key: JWK, forgery: Forgery): void {
  const end = response.end.bind(response) as (body: string) => void;
  const replaced = async (body: string): Promise<void> => {
    const { id_token: own, ...answer } = JSON.parse(body) as Record<string, unknown>;
    const forged = typeof own === 'string' ? await forgery(decodeJwt(own), key) : null;
    const text = JSON.stringify({ ...answer, ...(forged === null ? {} : { id_token: forged }) });
    response.setHeader('content-length', Buffer.byteLength(text));
    end(text);
  };
  response.end = ((body: string | Buffer) => {
    replaced(body.toString()).catch((error: unknown) => response.destroy(error as Error));
    return response;
  }) as ServerResponse['end'];
}
