import type { Command } from 'commander';

export interface Paging {
  limit?: string;
  cursor?: string;
}

export function withPaging(command: Command): Command {
  return command
    .option('--limit <n>', 'items per page, 1 to 200')
    .option('--cursor <cursor>', 'where the previous page ended');
}
