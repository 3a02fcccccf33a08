#!/bin/sh
# Writes the secrets of compose.yaml into the folder secrets/ beside it, with new passwords; what is there stays.
set -eu
cd "$(dirname "$0")"
if [ -e secrets ]; then
    echo "deploy/secrets is there already: nothing was changed." >&2
    exit 1
fi
drawn() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
# Files are read by the users of several containers, and the folder by nobody else on this machine.
umask 022
mkdir -m 0700 secrets
drawn > secrets/postgres_password
drawn > secrets/database_password
drawn > secrets/AWS_ACCESS_KEY_ID
drawn > secrets/AWS_SECRET_ACCESS_KEY
printf 'postgresql://kluis:%s@database/kluis' "$(cat secrets/database_password)" > secrets/KLUIS_DATABASE_URL
printf 'smtp://mail:1025?starttls=off' > secrets/KLUIS_SMTP_URL
cat > secrets/store.json <<END
{"identities": [{"name": "kluis", "actions": ["Admin", "Read", "Write", "List", "Tagging"], "credentials": [
  {"accessKey": "$(cat secrets/AWS_ACCESS_KEY_ID)", "secretKey": "$(cat secrets/AWS_SECRET_ACCESS_KEY)"}]}]}
END
