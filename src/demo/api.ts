/** The API as any client sees it: HTTP and JSON, with a key. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly agent: string | null = null,
  ) {}

  /** @throws Error with the problem's own words when the answer isn't a success */
  async send<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        'accept-language': 'en',
        ...(this.agent === null ? {} : { 'mandaat-agent': this.agent }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }
}
