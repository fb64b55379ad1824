-- For the administrator of a PostgreSQL server, 15 or newer, once before the first migration or before a restore:
--
--   psql -v owner=breakwater_owner -v login=breakwater -f prisma/roles.sql
--
-- `owner` migrates (DATABASE_OWNER_URL), `login` is the login of the processes (DATABASE_URL). Both may be the same.
-- Needs a superuser or CREATEROLE. It may be run again: existing roles and passwords are not changed. Set the
-- passwords of new logins with \password. After this the owner needs no CREATEROLE.
\set ON_ERROR_STOP on
\if :{?owner}
\else
  \set owner breakwater_owner
\endif
\if :{?login}
\else
  \set login breakwater
\endif

-- Three roles that nobody logs in as. The policies of the tables name two; whoever is a member of the third may publish
-- events by SQL (breakwater.publish) and do nothing else.
SELECT format('CREATE ROLE %I NOLOGIN', name)
  FROM unnest(ARRAY['breakwater_service', 'breakwater_tenant', 'breakwater_publisher']) AS name
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

SELECT DISTINCT format('CREATE ROLE %I LOGIN', name)
  FROM unnest(ARRAY[:'owner', :'login']) AS name
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Members may take the two roles on and have their rights; in PostgreSQL 16 this is WITH SET TRUE, INHERIT TRUE, its
-- defaults. Without ADMIN OPTION: no member can grant them.
GRANT breakwater_service, breakwater_tenant TO :"owner", :"login";
