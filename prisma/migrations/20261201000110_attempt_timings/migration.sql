-- How long the parts of an attempt took, ms: [dns, connect, tls, first byte, body].
ALTER TABLE attempts ADD COLUMN timings jsonb;
