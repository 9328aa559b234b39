#!/bin/sh
# Run once by the PostgreSQL image, when it makes the cluster: the role that web, worker and relay
# sign in as. It owns nothing, so that row-level security holds it; migrations give it its rights.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$APP_PASSWORD" \
    --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE csiapp_app LOGIN NOINHERIT PASSWORD :'password';
SQL
