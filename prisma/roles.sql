-- For the administrator of a PostgreSQL server, 15 or newer, once before the first migration or before a restore:
--
--   psql -v owner=breakwater_owner -v login=breakwater -f prisma/roles.sql
--
-- `owner` migrates (DATABASE_OWNER_URL), `login` is what the processes log in with (DATABASE_URL). Both may be the same.
-- Needs a superuser or CREATEROLE. It may be run again: what is there stays, passwords too. Set those of new logins with
-- \password. With these roles made, the owner needs no CREATEROLE.
\set ON_ERROR_STOP on
\if :{?owner}
\else
  \set owner breakwater_owner
\endif
\if :{?login}
\else
  \set login breakwater
\endif

-- Two roles that nobody logs in as: the policies of the tables name them.
SELECT format('CREATE ROLE %I NOLOGIN', name)
  FROM unnest(ARRAY['breakwater_service', 'breakwater_tenant']) AS name
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

SELECT DISTINCT format('CREATE ROLE %I LOGIN', name)
  FROM unnest(ARRAY[:'owner', :'login']) AS name
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Members may take the two on and have their rights; PostgreSQL 16 calls this WITH SET TRUE, INHERIT TRUE, its defaults.
-- Without ADMIN OPTION: nobody here hands them on.
GRANT breakwater_service, breakwater_tenant TO :"owner", :"login";
