-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.duration_bucket(duration_ms integer)
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT CASE WHEN duration_ms < 200 THEN greatest(duration_ms, 0)
    ELSE 200 + floor(ln(duration_ms / 200.0::float8) / ln(1.01::float8)) END::smallint $function$;
