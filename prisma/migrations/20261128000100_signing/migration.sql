-- Signatures that receivers verify with a public key: Standard Webhooks' v1a, ed25519.

-- The signatures of an app's calls. `v1` is always included: it needs only the app's secret.
ALTER TABLE apps ADD COLUMN signatures text[] DEFAULT '{v1}',
  ADD CONSTRAINT apps_signatures_check CHECK (signatures IS NOT NULL AND signatures IN ('{v1}', '{v1,v1a}'));

-- The key pairs of the installation. One is current. Older keys also sign until they retire.
CREATE TABLE platform_keys (
  id uuid PRIMARY KEY,
  -- The private key, encrypted by the processes and bound to this row.
  sealed text NOT NULL,
  public_key varchar(60) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  retires_at timestamptz(3)
);
CREATE UNIQUE INDEX platform_keys_current_key ON platform_keys ((retires_at IS NULL)) WHERE retires_at IS NULL;

ALTER TABLE platform_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON platform_keys TO breakwater_service USING (true) WITH CHECK (true);
