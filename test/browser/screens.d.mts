export function addressesOf(url: string, key: string): Promise<Record<string, string | null>>;
export function screensOf(url: string, key: string): Promise<{ name: string; path: string }[]>;
