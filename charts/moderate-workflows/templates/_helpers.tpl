{{/* What every object of the chart is labelled with. */}}
{{- define "moderate-workflows.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/part-of: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/*
Whether a rendered file is installed: "true" or nothing.
Takes path, object and Values.
*/}}
{{- define "moderate-workflows.wanted" -}}
{{- $annotations := dig "metadata" "annotations" dict .object }}
{{- $wanted := true }}
{{- range $name := compact (splitList "," (get $annotations "moderate.eu/services")) }}
{{- if not (hasKey $.Values.services $name) }}
{{- fail (printf "%s needs the service %q, which values.yaml does not have." $.path $name) }}
{{- end }}
{{- if not (get $.Values.services $name).enabled }}
{{- $wanted = false }}
{{- end }}
{{- end }}
{{- range $variant := compact (splitList "," (get $annotations "moderate.eu/variant")) }}
{{- $parts := splitn "=" 2 $variant }}
{{- $value := $.Values }}
{{- range $key := splitList "." $parts._0 }}
{{- if not (hasKey $value $key) }}
{{- fail (printf "%s needs the value %q, which values.yaml does not have." $.path $parts._0) }}
{{- end }}
{{- $value = get $value $key }}
{{- end }}
{{- if ne (toString $value) $parts._1 }}
{{- $wanted = false }}
{{- end }}
{{- end }}
{{- if and (eq .object.kind "PodDisruptionBudget") (not .Values.podDisruptionBudgets.enabled) }}
{{- $wanted = false }}
{{- end }}
{{- if $wanted }}true{{ end }}
{{- end }}

{{/*
Puts an operator's choices about pods into an object, in place; what comes
later wins. Takes into (where the scheduler's fields belong), metadata (of the
pods), given, and class (the name of the field for the priority class there).
*/}}
{{- define "moderate-workflows.place" -}}
{{- range $key := list "nodeSelector" "tolerations" }}
{{- with get $.given $key }}{{ $_ := set $.into $key . }}{{ end }}
{{- end }}
{{- with $.given.affinity }}
{{- $_ := set $.into "affinity" (merge (deepCopy .) (get $.into "affinity" | default dict)) }}
{{- end }}
{{- with $.given.priorityClassName }}
{{- $_ := set $.into (get $ "class" | default "priorityClassName") . }}
{{- end }}
{{- range $key := list "labels" "annotations" }}
{{- with get $.given $key }}
{{- $_ := set $.metadata $key (merge (deepCopy (get $.metadata $key | default dict)) .) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Puts an operator's choice of resources into a container, in place. */}}
{{- define "moderate-workflows.resources" -}}
{{- $resources := get $.into "resources" }}
{{- range $kind, $amounts := $.given.resources }}
{{- range $name, $amount := $amounts }}
{{- $_ := set (get $resources $kind) $name (include "moderate-workflows.text" $amount) }}
{{- end }}
{{- end }}
{{- end }}

{{/*
Puts an operator's choices about a workflow into its WorkflowTemplate, in
place: Values.pods, and above them Values.workflows.<name>.
*/}}
{{- define "moderate-workflows.workflow" -}}
{{- $spec := .object.spec }}
{{- $name := .object.metadata.name }}
{{- $given := get .Values.workflows $name | default dict }}
{{- range $choices := list .Values.pods $given }}
{{- include "moderate-workflows.place" (dict "into" $spec "metadata" $spec.podMetadata "given" $choices "class" "podPriorityClassName") }}
{{- end }}
{{- range $key, $value := $given.parameters }}
{{- $names := list }}
{{- range $parameter := $spec.arguments.parameters }}
{{- if not $parameter.valueFrom }}{{ $names = append $names $parameter.name }}{{ end }}
{{- if eq $parameter.name $key }}
{{- $text := include "moderate-workflows.text" $value }}
{{- if and $parameter.enum (not (has $text $parameter.enum)) }}
{{- fail (printf "workflows.%s.parameters.%s is %q. It is one of: %s." $name $key $text (join ", " $parameter.enum)) }}
{{- end }}
{{- $_ := set $parameter "value" $text }}
{{- end }}
{{- end }}
{{- if not (has $key $names) }}
{{- fail (printf "workflows.%s.parameters.%s: the workflow has no such parameter. It has: %s." $name $key (join ", " $names)) }}
{{- end }}
{{- end }}
{{- if eq $name "dataset-from-git" }}
{{- range $parameter := $spec.arguments.parameters }}
{{- if eq $parameter.name "dataset" }}{{ $_ := set $parameter "enum" (keys $.Values.datasets | sortAlpha) }}{{ end }}
{{- end }}
{{- end }}
{{- range $key, $choices := $given.steps }}
{{- $names := list }}
{{- range $template := $spec.templates }}
{{- if $template.container }}
{{- $names = append $names $template.name }}
{{- if eq $template.name $key }}
{{- $metadata := $template.metadata | default dict }}
{{- include "moderate-workflows.place" (dict "into" $template "metadata" $metadata "given" $choices) }}
{{- if $metadata }}{{ $_ := set $template "metadata" $metadata }}{{ end }}
{{- include "moderate-workflows.resources" (dict "into" $template.container "given" $choices) }}
{{- end }}
{{- end }}
{{- end }}
{{- if not (has $key $names) }}
{{- fail (printf "workflows.%s.steps.%s: the workflow has no such step. It has: %s." $name $key (join ", " $names)) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The datasets as the steps read them, as JSON. */}}
{{- define "moderate-workflows.datasets" -}}
{{- $list := list }}
{{- range $name, $dataset := .Values.datasets }}
{{- $list = append $list (omit (merge (dict "name" $name "url" $dataset.repository) $dataset) "repository") }}
{{- end }}
{{- toJson $list }}
{{- end }}

{{/*
Takes a dataset's objects from those of a rendered one, in JSON: its name is in
them as it is, and with hyphens. Takes object, from and to.
*/}}
{{- define "moderate-workflows.dataset" -}}
{{- toJson .object | replace .from .to | replace (replace "_" "-" .from) (replace "_" "-" .to) }}
{{- end }}

{{/* Puts an operator's choices into a CronWorkflow, in place. */}}
{{- define "moderate-workflows.schedule" -}}
{{- $given := get .Values.schedules .object.metadata.name | default dict }}
{{- with $given.schedule }}{{ $_ := set $.object.spec "schedules" (list .) }}{{ end }}
{{- range $key := list "timezone" "suspend" "startingDeadlineSeconds" }}
{{- if hasKey $given $key }}{{ $_ := set $.object.spec $key (get $given $key) }}{{ end }}
{{- end }}
{{- end }}

{{/* Puts an operator's choices into a Deployment, in place. */}}
{{- define "moderate-workflows.deployment" -}}
{{- $relay := .Values.relay }}
{{- $template := .object.spec.template }}
{{- $_ := set .object.spec "replicas" (int $relay.replicas) }}
{{- range $choices := list .Values.pods $relay }}
{{- include "moderate-workflows.place" (dict "into" $template.spec "metadata" $template.metadata "given" $choices) }}
{{- end }}
{{- range $container := $template.spec.containers }}
{{- $_ := set $container "image" $.Values.images.steps }}
{{- include "moderate-workflows.resources" (dict "into" $container "given" $relay) }}
{{- end }}
{{- $settings := cat (include (print .Template.BasePath "/configmap.yaml") .) (include (print .Template.BasePath "/secrets.yaml") .) }}
{{- $annotations := set ($template.metadata.annotations | default dict) "checksum/settings" (sha256sum $settings) }}
{{- $_ := set $template.metadata "annotations" $annotations }}
{{- end }}

{{/* Puts an operator's choices into the ConfigMap of limits, in place. */}}
{{- define "moderate-workflows.limits" -}}
{{- $_ := set .object.data "trust-requests" (include "moderate-workflows.text" .Values.limits.trustRequests) }}
{{- end }}

{{/* Puts an operator's choices into an EventSource or a Sensor, in place. */}}
{{- define "moderate-workflows.events" -}}
{{- $given := ternary .Values.sensors .Values.webhooks (eq .object.kind "Sensor") }}
{{- $template := .object.spec.template }}
{{- if gt (int $given.replicas) 1 }}{{ $_ := set .object.spec "replicas" (int $given.replicas) }}{{ end }}
{{- range $choices := list .Values.pods $given }}
{{- include "moderate-workflows.place" (dict "into" $template "metadata" $template.metadata "given" $choices) }}
{{- end }}
{{- include "moderate-workflows.resources" (dict "into" $template.container "given" $given) }}
{{- end }}

{{/* Puts an operator's choices into the EventBus, in place. */}}
{{- define "moderate-workflows.bus" -}}
{{- $bus := .Values.bus }}
{{- $jetstream := .object.spec.jetstream }}
{{- range $choices := list .Values.pods $bus }}
{{- include "moderate-workflows.place" (dict "into" $jetstream "metadata" $jetstream.metadata "given" $choices) }}
{{- end }}
{{- include "moderate-workflows.resources" (dict "into" $jetstream.containerTemplate "given" $bus) }}
{{- if $jetstream.persistence }}
{{- with $bus.volumeSize }}{{ $_ := set $jetstream.persistence "volumeSize" . }}{{ end }}
{{- with $bus.storageClassName }}{{ $_ := set $jetstream.persistence "storageClassName" . }}{{ end }}
{{- end }}
{{- end }}

{{/* The port of a URL. */}}
{{- define "moderate-workflows.port" -}}
{{- $url := urlParse . }}
{{- regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (get (dict "http" "80" "https" "443" "amqp" "5672" "amqps" "5671") $url.scheme) }}
{{- end }}

{{/* The ports of the services, as a list in YAML: of the settings, and others. */}}
{{- define "moderate-workflows.ports" -}}
{{- $ports := list }}
{{- range $port := .Values.networkPolicies.services.ports }}{{ $ports = append $ports (int $port) }}{{ end }}
{{- range $name, $service := .Values.services }}
{{- if $service.enabled }}
{{- range $variable, $value := merge (dict) $service.settings (get $service "secret" | default dict) }}
{{- if and $value (hasSuffix "_PORT" $variable) }}{{ $ports = append $ports (int $value) }}{{ end }}
{{- if and (kindIs "string" $value) (contains "://" $value) }}
{{- with include "moderate-workflows.port" $value }}{{ $ports = append $ports (int .) }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range $port := $ports | uniq }}
- {{ $port }}
{{- end }}
{{- end }}

{{/* A setting as the text of a variable; Helm reads integers as floats. */}}
{{- define "moderate-workflows.text" -}}
{{- if or (kindIs "string" .) (kindIs "bool" .) }}{{ . }}{{ else }}{{ int64 . }}{{ end }}
{{- end }}

{{/* One egress rule: some networks, on some ports. */}}
{{- define "moderate-workflows.networks" -}}
to:
{{- range .cidrs }}
- ipBlock:
    cidr: {{ . | quote }}
{{- end }}
ports:
{{- range .ports }}
- port: {{ . }}
{{- end }}
{{- end }}

{{/* The services that the connections check covers, as a list in YAML. */}}
{{- define "moderate-workflows.checked" -}}
{{- range $name := list "keycloak" "open-metadata" "platform-api" "postgres" "rabbitmq" "s3" }}
{{- if (get $.Values.services $name).enabled }}
- {{ $name }}
{{- end }}
{{- end }}
{{- end }}
