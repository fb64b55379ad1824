import { describe, expect, it } from 'vitest';
import { bothFamilies } from './both-families.js';

const never = new Promise<string[]>(() => undefined);
const soon = (addresses: string[]) => new Promise<string[]>((resolve) => setTimeout(resolve, 5, addresses));
const no = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

describe('two queries', () => {
  it('give the addresses of both, IPv4 first', async () => {
    expect(await bothFamilies([soon(['192.0.2.1']), Promise.resolve(['2001:db8::1'])], 60_000)).toEqual([
      '192.0.2.1',
      '2001:db8::1',
    ]);
  });

  it('give those of one when the other is not answered in time', async () => {
    expect(await bothFamilies([soon(['192.0.2.1']), never], 1)).toEqual(['192.0.2.1']);
    expect(await bothFamilies([never, soon(['2001:db8::1'])], 1)).toEqual(['2001:db8::1']);
  });

  it('give those of one when the other has none', async () => {
    expect(await bothFamilies([no('ENODATA'), soon(['2001:db8::1'])], 60_000)).toEqual(['2001:db8::1']);
    expect(await bothFamilies([soon(['192.0.2.1']), no('ESERVFAIL')], 60_000)).toEqual(['192.0.2.1']);
  });

  it('reject with the reason of the first when neither has any', async () => {
    await expect(bothFamilies([no('ENOTFOUND'), no('ENODATA')], 0)).rejects.toThrow('ENOTFOUND');
  });

  it('wait for the second as long as it takes when the first has none', async () => {
    expect(await bothFamilies([no('ENODATA'), soon(['2001:db8::1'])], 0)).toEqual(['2001:db8::1']);
  });
});
