#!/bin/sh
# Makes what docker-compose.yml needs beside it: .env with new passwords, and the folders config (agreements, rules, what is
# collected) and incoming (watched folders).
# Existing passwords are never replaced.
set -eu
cd "$(dirname "$0")/.."

mkdir -p config incoming
if [ -e .env ]; then
    echo ".env exists and stays as it is."
    exit 0
fi
umask 077
for name in POSTGRES_PASSWORD OWNER_PASSWORD WRITER_PASSWORD READER_PASSWORD KEYKEEPER_PASSWORD REGISTRY_PASSWORD \
    KAFKA_PASSWORD; do
    printf '%s=%s\n' "$name" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
done >.env.new
mv .env.new .env
echo "Made .env with new passwords. Keep a copy of it where you keep your other passwords."
