// The screens with an address for each: shared by the browser tests and scripts/screens.mjs.

/**
 * Every screen with an address that shows something, from what a running product holds; null where it holds nothing
 * that the screen could show.
 * @returns {Promise<Record<string, string | null>>}
 */
export async function addressesOf(url, key) {
  const get = async (path) => {
    const answer = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
    return answer.ok ? answer.json() : { items: [] };
  };
  const first = async (path) => (await get(path)).items?.[0];
  const to = (row, path) => (row === undefined ? null : path(row));
  const tabs = (name, path, ids) =>
    Object.fromEntries(ids.map((id) => [`${name}-${id}`, path ? `${path}?tab=${id}` : null]));

  const app = await first('/admin/apps');
  const breaker = await first('/admin/circuit-breaker/status');
  const source = to(app, ({ id }) => id) && (await firstSource());
  return {
    overview: '/',
    apps: '/apps',
    app: to(app, ({ id }) => `/apps/${id}`),
    ...tabs('app', app && `/apps/${app.id}`, [
      'breakers',
      'health',
      'dead-letters',
      'manifest',
      'conformance',
      'keys',
      'portal',
    ]),
    'conformance-run': to(await checked(), ({ appId, id }) => `/apps/${appId}?tab=conformance&run=${id}`),
    register: '/register',
    manifest: to(app, ({ id }) => `/apps/${id}/manifest`),
    'app-subscriptions': to(app, ({ id }) => `/apps/${id}/subscriptions`),
    'app-secrets': to(app, ({ id }) => `/apps/${id}/secrets`),
    deliveries: '/deliveries',
    'deliveries-no-match': '/deliveries?appId=no-such-app',
    delivery: to(await first('/deliveries?status=dead_letter'), ({ id }) => `/deliveries/${id}`),
    'delivery-not-found': '/deliveries/00000000-0000-7000-8000-000000000000',
    'dead-letters': '/dead-letters',
    'dead-letter': to(await first('/admin/dlq'), ({ id }) => `/dead-letters/${id}`),
    'bulk-operations': '/bulk-operations',
    'bulk-operation': to(await first('/bulk-operations'), ({ id }) => `/bulk-operations/${id}`),
    events: '/events',
    event: to(await first('/events'), ({ id }) => `/events/${id}`),
    breakers: '/breakers',
    breaker: to(breaker, ({ appId, capability }) => `/breakers/${appId}/${capability}`),
    feed: '/feed',
    alerts: '/alerts',
    alert: to(await first('/admin/alerts'), ({ id }) => `/alerts/${id}`),
    'alert-rules': '/alert-rules',
    'alert-rule': to(await first('/admin/alert-rules'), ({ id }) => `/alert-rules/${id}`),
    'new-alert-rule': '/alert-rules/new',
    inbound: '/inbound',
    source: to(source, ({ appId, name }) => `/inbound/${appId}/${name}`),
    health: '/health',
    system: '/system',
    ...tabs('system', '/system', ['workers', 'doctor', 'keys', 'audit', 'settings']),
    'no-such-screen': '/no-such-screen',
  };

  async function checked() {
    for (const { id } of (await get('/admin/apps')).items) {
      const found = await first(`/apps/${id}/conformance-runs`);
      if (found) return found;
    }
    return undefined;
  }

  async function firstSource() {
    for (const { id } of (await get('/admin/apps')).items) {
      const found = await first(`/apps/${id}/sources`);
      if (found) return { ...found, appId: id };
    }
    return undefined;
  }
}

/** The screens that show something. */
export async function screensOf(url, key) {
  return Object.entries(await addressesOf(url, key)).flatMap(([name, path]) =>
    path === null ? [] : [{ name, path }],
  );
}
