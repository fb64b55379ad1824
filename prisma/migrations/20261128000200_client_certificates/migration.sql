-- Client certificates of apps, for receivers that require one.
CREATE TABLE client_certificates (
  app_id varchar(255) PRIMARY KEY,
  -- PEM, the app's own certificate first.
  certificate text NOT NULL,
  -- The private key, encrypted by the processes and bound to this row and certificate.
  sealed text NOT NULL,
  fingerprint char(64) NOT NULL,
  valid_to timestamptz(3) NOT NULL,
  created_by varchar(255) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT client_certificates_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps (id) ON UPDATE CASCADE ON DELETE CASCADE
);

ALTER TABLE client_certificates ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_certificates FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON client_certificates TO breakwater_service USING (true) WITH CHECK (true);
