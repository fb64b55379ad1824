export function screensOf(url: string, key: string): Promise<{ name: string; path: string }[]>;
