-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.need_all_rows()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF NOT pg_has_role(current_user, 'breakwater_service', 'USAGE') THEN
    RAISE EXCEPTION 'the owner of the tables lacks the rights of breakwater_service: GRANT breakwater_service TO "%" WITH INHERIT TRUE',
      current_user;
  END IF;
END $function$;
