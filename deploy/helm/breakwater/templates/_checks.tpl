{{/* Most pods of a role that run at once, one more during a rollout included. */}}
{{- define "breakwater.mostPods" -}}
{{- if .autoscaling.enabled }}{{ add .autoscaling.maxReplicas 1 }}{{ else }}{{ add .replicas 1 }}{{ end -}}
{{- end -}}

{{/*
Most connections of a role's process: its pool, one for hints and one that its readiness check may need to cancel a
commit. A queue in PostgreSQL needs five more, and a worker's needs another five.
*/}}
{{- define "breakwater.connections" -}}
{{- $own := add .root.Values.postgresql.poolMax 2 -}}
{{- if eq .root.Values.queue "postgresql" -}}
{{- $own = add $own (ternary 10 5 (eq .role "worker")) -}}
{{- end -}}
{{ $own }}
{{- end -}}

{{/* What the schema of the values cannot say. Each refusal names the value, the rule and the remedy. */}}
{{- define "breakwater.checks" -}}
{{- $secrets := .Values.secrets -}}
{{- if and (not $secrets.existing) (not $secrets.generate) -}}
{{- fail "secrets.existing is empty: make a Secret with DATABASE_URL and ENCRYPTION_KEYS and give its name, or set secrets.generate to true (docs/operations/kubernetes.md)" -}}
{{- end -}}
{{- if and $secrets.existing $secrets.generate -}}
{{- fail "secrets.existing and secrets.generate are both set: keep one of them" -}}
{{- end -}}
{{- if and $secrets.generate (not $secrets.databaseUrl) -}}
{{- fail "secrets.databaseUrl is empty: secrets.generate makes keys, but not a database; give the URL of one" -}}
{{- end -}}
{{- if and $secrets.generate (eq .Values.queue "redis") (not $secrets.redisUrl) -}}
{{- fail "secrets.redisUrl is empty while queue is redis: give the URL, or set queue to postgresql" -}}
{{- end -}}
{{- range tuple "DATABASE_URL" "DATABASE_OWNER_URL" "DATABASE_SESSION_URL" "DATABASE_REPLICA_URL" "REDIS_URL" "REDIS_PASSWORD" "REDIS_SENTINEL_PASSWORD" "ENCRYPTION_KEYS" "BREAKWATER_ADMIN_KEY" "SMTP_URL" "SMTP_PASSWORD" "NOTIFY_SLACK_URL" "NOTIFY_DISCORD_URL" "NOTIFY_WEBHOOK_URL" "NOTIFY_WEBHOOK_SECRET" -}}
{{- if hasKey $.Values.config . -}}
{{- fail (printf "config.%s is a secret: put it into the Secret that secrets.existing names" .) -}}
{{- end -}}
{{- end -}}
{{- range $name, $value := .Values.config -}}
{{- if regexMatch "://[^/@]*:[^/@]+@" (toString $value) -}}
{{- fail (printf "config.%s contains a password: put it into the Secret that secrets.existing names" $name) -}}
{{- end -}}
{{- end -}}
{{- range $name, $own := dict "API_HOST" "" "API_PORT" "" "METRICS_HOST" "" "METRICS_PORT" "" "PUBLIC_BASE_URL" "publicUrl" "DATABASE_POOL_MAX" "postgresql.poolMax" "QUEUE_CONCURRENCY" "worker.concurrency" "DRAIN_NOTICE" "drainNoticeSeconds" "SHUTDOWN_TIMEOUT" "shutdownTimeoutSeconds" -}}
{{- if hasKey $.Values.config $name -}}
{{- fail (printf "config.%s is set by the chart: %s" $name (ternary (print "use " $own) "leave it out" (ne $own ""))) -}}
{{- end -}}
{{- end -}}
{{- range $role := tuple "api" "worker" -}}
{{- $scaling := (index $.Values $role).autoscaling -}}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) -}}
{{- fail (printf "%s.autoscaling.minReplicas is %d, more than maxReplicas %d" $role (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.worker.autoscaling.enabled (not .Values.worker.autoscaling.connectionSecret) -}}
{{- fail "worker.autoscaling.connectionSecret is empty: KEDA reads the number of due deliveries with a login of its own; run prisma/scaler.sql and give the name of a Secret with its URL as `connection`" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (hasPrefix "https:" .Values.publicUrl) (not .Values.ingress.tlsSecret) -}}
{{- fail "ingress.tlsSecret is empty while publicUrl is https: give the name of the Secret with the certificate" -}}
{{- end -}}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.egress) -}}
{{- fail "networkPolicy.egress is empty: the pods could not reach PostgreSQL; give a rule for it, and for Redis and mail" -}}
{{- end -}}
{{- if and .Values.backup.enabled (not .Values.backup.claim) -}}
{{- fail "backup.claim is empty: give the name of a PersistentVolumeClaim for the dumps" -}}
{{- end -}}
{{- $apis := include "breakwater.mostPods" .Values.api | int -}}
{{- $workers := include "breakwater.mostPods" .Values.worker | int -}}
{{- $perApi := include "breakwater.connections" (dict "root" . "role" "api") | int -}}
{{- $perWorker := include "breakwater.connections" (dict "root" . "role" "worker") | int -}}
{{- $reserved := int .Values.postgresql.reserved -}}
{{- $needed := add (mul $apis $perApi) (mul $workers $perWorker) $reserved -}}
{{- if gt $needed (int64 .Values.postgresql.maxConnections) -}}
{{- fail (printf "postgresql.maxConnections is %d, but %d apis with %d connections each, %d workers with %d and %d reserved need %d (one pod of each role more than replicas, for rollouts): raise max_connections of the server and this value, or lower postgresql.poolMax or the replicas" (int .Values.postgresql.maxConnections) $apis $perApi $workers $perWorker $reserved (int $needed)) -}}
{{- end -}}
{{- end -}}
