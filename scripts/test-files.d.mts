export function isTestFile(path: string): boolean;
