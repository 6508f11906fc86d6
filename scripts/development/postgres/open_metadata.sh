#!/usr/bin/env bash
# Makes OpenMetadata's own account and database. PostgreSQL's image runs this
# once, when its volume is new.
set -euo pipefail

psql --username="${POSTGRES_USER}" --dbname=postgres --no-psqlrc \
  --set=ON_ERROR_STOP=1 <<'SQL'
\getenv password OPEN_METADATA_DATABASE_PASSWORD
CREATE ROLE openmetadata LOGIN PASSWORD :'password';
CREATE DATABASE openmetadata OWNER openmetadata;
SQL
