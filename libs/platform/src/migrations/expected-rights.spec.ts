import { describe, expect, it } from 'vitest';
import { missingRights, SERVICE_TABLES, TENANT_TABLES, type TableRights } from './expected-rights.js';

const whole = (name: string, tenants: boolean): TableRights => ({
  name,
  schema: 'public',
  secured: true,
  forced: true,
  servicePolicy: true,
  tenantPolicy: tenants,
  serviceReads: true,
  tenantReads: tenants,
});
const WHOLE = [
  ...SERVICE_TABLES.map((name) => whole(name, false)),
  ...TENANT_TABLES.map((name) => whole(name, true)),
];
const PARTITION: TableRights = { ...whole('attempts_default', false), schema: 'partitions' };
const PLAIN: TableRights = {
  ...whole('periodic_runs', false),
  secured: false,
  forced: false,
  servicePolicy: false,
};

/** The whole database, with one table changed. */
function changed(name: string, change: Partial<TableRights>): TableRights[] {
  return WHOLE.map((table) => (table.name === name ? { ...table, ...change } : table));
}

describe('a database after its migrations', () => {
  it('lacks nothing', () => {
    expect(missingRights([...WHOLE, PARTITION, PLAIN], { newest: true })).toEqual([]);
  });

  it.each<[string, string, Partial<TableRights>]>([
    ['row-level security of apps', 'apps', { secured: false }],
    ['row-level security of apps', 'apps', { forced: false }],
    ['row-level security of alerts', 'alerts', { secured: false, forced: false }],
    ['policy of apps for breakwater_service', 'apps', { servicePolicy: false }],
    ['SELECT on apps for breakwater_service', 'apps', { serviceReads: false }],
    ['policy of apps for breakwater_tenant', 'apps', { tenantPolicy: false }],
    ['SELECT on apps for breakwater_tenant', 'apps', { tenantReads: false }],
  ])('lacks: %s', (what, name, change) => {
    expect(missingRights(changed(name, change), { newest: true })).toEqual([what]);
  });

  it('lacks the policy of a partition', () => {
    const partition = { ...PARTITION, servicePolicy: false, serviceReads: false };
    expect(missingRights([...WHOLE, partition], { newest: true })).toEqual([
      'policy of attempts_default for breakwater_service',
    ]);
  });

  it('lacks a table', () => {
    expect(missingRights(WHOLE.slice(1), { newest: true })).toEqual([`table ${SERVICE_TABLES[0]}`]);
  });
});

describe('a database of an older version', () => {
  it('may lack tables and policies of later apps', () => {
    expect(missingRights([whole('apps', false), PLAIN], { newest: false })).toEqual([]);
  });

  it('lacks policies that every version has', () => {
    expect(missingRights([{ ...whole('apps', false), servicePolicy: false }], { newest: false })).toEqual([
      'policy of apps for breakwater_service',
    ]);
  });
});
