#!/bin/sh
# Makes the database and its owner, the first time that PostgreSQL starts on an empty volume.
set -eu
password=$(cat /run/secrets/database_password)
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --set password="$password" <<'SQL'
CREATE ROLE kluis LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE kluis OWNER kluis;
SQL
