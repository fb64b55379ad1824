/** Which methods a path knows, by the routes that were told. */
export class KnownPaths {
  private readonly routes: { pattern: RegExp; methods: readonly string[] }[] = [];

  /** @param url as the router has it: `/apps/:appId/manifest` */
  add(url: string, methods: readonly string[]): void {
    // A route for whatever comes is no path that somebody could have meant.
    if (url.includes('*')) return;
    const pattern = url
      .split('/')
      .map((part) =>
        part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
      )
      .join('/');
    this.routes.push({ pattern: new RegExp(`^${pattern}$`), methods });
  }

  /** Sorted, each once; none when nobody knows the path. @param url with or without a query */
  methodsOf(url: string): string[] {
    const [path = ''] = url.split(/[?#]/, 1);
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}
