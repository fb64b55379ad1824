/** The methods of each path, from the registered routes. */
export class KnownPaths {
  private readonly routes: { pattern: RegExp; methods: readonly string[] }[] = [];

  /** @param url in the router's form: `/apps/:appId/manifest` */
  add(url: string, methods: readonly string[]): void {
    // A route with a wildcard matches everything, so it says nothing about a path.
    if (url.includes('*')) return;
    const pattern = url
      .split('/')
      .map((part) =>
        part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
      )
      .join('/');
    this.routes.push({ pattern: new RegExp(`^${pattern}$`), methods });
  }

  /** Sorted, each once; empty for an unknown path. @param url with or without a query */
  methodsOf(url: string): string[] {
    const [path = ''] = url.split(/[?#]/, 1);
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}
