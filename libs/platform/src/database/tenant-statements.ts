// Until the end of the transaction PostgreSQL shows and changes rows of one app only.
export const BECOME_TENANT = `SELECT set_config('role', 'breakwater_tenant', true), set_config('app.tenant', $1, true)`;

/**
 * Until the end of the transaction statements are planned for the values they have. A list with optional filters needs
 * it: by the plan for any value it would read all rows to find the few, or none, that match.
 */
export const PLAN_BY_VALUE = `SELECT set_config('plan_cache_mode', 'force_custom_plan', true)`;
