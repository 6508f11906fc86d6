#!/usr/bin/env bash
# Makes table.jsonl again, with the code of the Argo version in go.mod.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
program="$(mktemp)"
trap 'rm --force "${program}"' EXIT
go build -o "${program}" .
TZ=UTC "${program}" < <(python3 generate.py) >table.jsonl
