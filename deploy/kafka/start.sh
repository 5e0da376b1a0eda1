#!/bin/bash
# Formats the data volume the first time, with the login of Wardlink's roles, then runs the broker.
set -eu

programs=${KAFKA_PROGRAMS:-/opt/kafka/bin}
settings=${KAFKA_SETTINGS:-/wardlink/server.properties}
data=$(sed -n 's/^log\.dirs=//p' "$settings")

if [ ! -f "$data/meta.properties" ]; then
    cluster=$("$programs/kafka-storage.sh" random-uuid)
    "$programs/kafka-storage.sh" format --cluster-id "$cluster" --config "$settings" \
        --add-scram "SCRAM-SHA-512=[name=wardlink,password=$KAFKA_PASSWORD]"
fi
exec "$programs/kafka-server-start.sh" "$settings"
