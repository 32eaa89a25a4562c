-- Runs once, as the superuser, on an empty data folder. Two roles: one owns the tables and migrates them, the other is
-- what the application works as. It owns nothing, so the append-only audit is append-only to it too; its rights come
-- from the migrations' grants.
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv app_password DATABASE_APP_PASSWORD

CREATE ROLE mandaat_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE mandaat_app LOGIN PASSWORD :'app_password';

CREATE DATABASE mandaat OWNER mandaat_owner;
REVOKE ALL ON DATABASE mandaat FROM PUBLIC;
GRANT CONNECT ON DATABASE mandaat TO mandaat_app;
