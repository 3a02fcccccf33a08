#!/bin/sh
# Gives each secret that lies in a file of its own to the setting of the file's name, then becomes the program.
set -eu
for file in "${SECRETS:-/run/secrets}"/KLUIS_* "${SECRETS:-/run/secrets}"/AWS_*; do
    [ -f "$file" ] || continue
    value=$(cat "$file")
    export "${file##*/}=$value"
done
exec "$@"
