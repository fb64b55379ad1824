-- The signatures of a subscription's calls; NULL: those of its app. `v1` is always included.
ALTER TABLE endpoints ADD COLUMN signatures text[],
  ADD CONSTRAINT endpoints_signatures_check CHECK (COALESCE(signatures, '{}') IN ('{}', '{v1}', '{v1,v1a}'));
