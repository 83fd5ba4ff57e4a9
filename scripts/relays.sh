#!/usr/bin/env bash
# Tests the relay recipes (relays/) in the real servers, against a stand-in for the API on loopback, and those of
# docs/deploy.md.
. "$(dirname "$0")/common.sh"

find_relays
work=target/relays
rm -rf "$work"
mkdir -p "$work"
# certificate NAME: a key and a certificate for localhost that vouches for itself.
certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout "$work/$1.key" -out "$work/$1.pem"
}
certificate upstream
certificate stranger

export NODE_EXTRA_CA_CERTS=$ROOT/$work/upstream.pem
exec node --test --test-reporter=tap "$@" tests/relays/servers.test.mjs tests/relays/worker.test.mjs tests/relays/deploy.test.mjs
