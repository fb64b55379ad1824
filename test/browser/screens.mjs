// The screens with an address for each: shared by the browser tests and scripts/screens.mjs.

/**
 * Every screen with an address that shows something, from what a running product holds.
 * @returns {Promise<{name: string, path: string}[]>}
 */
export async function screensOf(url, key) {
  const get = async (path) => {
    const answer = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
    return answer.ok ? answer.json() : { items: [] };
  };
  const first = async (path, member = 'id') => (await get(path)).items?.[0]?.[member];
  const screens = [['overview', '/']];
  void first;
  return screens.flatMap(([name, path]) => (path.includes('undefined') ? [] : [{ name, path }]));
}
