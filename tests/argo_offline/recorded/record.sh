#!/usr/bin/env bash
# Makes table.jsonl and runs.jsonl again, with the code of the Argo version in
# go.mod. Needs Go; the first compilation of Argo's controller takes a while.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
folder="$(mktemp --directory)"
trap 'rm --recursive --force "${folder}"' EXIT

go build -o "${folder}/recorded" .
TZ=UTC "${folder}/recorded" < <(python3 generate.py) >table.jsonl

# The controller exports nothing: compile as one of its own tests.
argo="$(go list -m -f '{{.Dir}}' github.com/argoproj/argo-workflows/v3)"
cp --recursive --no-preserve=mode "${argo}" "${folder}/argo"
cp controller/recorded_test.go "${folder}/argo/workflow/controller/"
(
    cd -- "${folder}/argo"
    go test -c -vet=off -o "${folder}/controller" ./workflow/controller
)
# Each process ends what it has started only at its end: not too many.
python3 workflows.py | split --lines=25 - "${folder}/part."
for part in "${folder}"/part.*; do
    (
        cd -- "${folder}/argo/workflow/controller"
        RECORDED_IN="${part}" RECORDED_OUT="${folder}/out.${part##*.}" \
            "${folder}/controller" -test.run='^TestRecorded$' >"${folder}/log"
    )
done
cat -- "${folder}"/out.* >runs.jsonl
