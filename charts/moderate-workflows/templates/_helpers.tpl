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

{{/* A setting as the text of a variable; Helm reads integers as floats. */}}
{{- define "moderate-workflows.text" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ int64 . }}{{ end }}
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

{{/* The services that the connections check asks, as a list in YAML. */}}
{{- define "moderate-workflows.checked" -}}
{{- range $name := list "keycloak" "open-metadata" "platform-api" "postgres" "rabbitmq" "s3" }}
{{- if (get $.Values.services $name).enabled }}
- {{ $name }}
{{- end }}
{{- end }}
{{- end }}
