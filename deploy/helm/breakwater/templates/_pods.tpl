{{/* What every pod of Breakwater has. */}}
{{- define "breakwater.podSpec" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "breakwater.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* The volume and its variable for a private certificate authority. */}}
{{- define "breakwater.caVolume" -}}
{{- with .Values.caSecret }}
volumes:
  - name: ca
    secret: { secretName: {{ . }} }
{{- end }}
{{- end -}}

{{- define "breakwater.caMount" -}}
{{- if .Values.caSecret }}
env:
  - { name: NODE_EXTRA_CA_CERTS, value: /etc/breakwater/ca/ca.pem }
volumeMounts:
  - { name: ca, mountPath: /etc/breakwater/ca, readOnly: true }
{{- end }}
{{- end -}}

{{/* A change of a setting or of the Secret starts new pods. A Secret is seen where the cluster is. */}}
{{- define "breakwater.podAnnotations" -}}
checksum/config: {{ include (print $.Template.BasePath "/config.yaml") . | sha256sum }}
{{- $secret := lookup "v1" "Secret" .Release.Namespace (include "breakwater.secret" .) }}
checksum/secret: {{ ($secret | default dict).data | default dict | toJson | sha256sum }}
{{- if and .Values.metrics.annotations (not .Values.metrics.podMonitor.enabled) }}
prometheus.io/scrape: 'true'
prometheus.io/port: '9464'
prometheus.io/path: /metrics
{{- end }}
{{- end -}}

{{/* Pods of a role are spread over nodes and zones. Takes a dict of role and root. */}}
{{- define "breakwater.placement" -}}
{{- range tuple "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "breakwater.selector" $.root | nindent 6 }}
      app.kubernetes.io/component: {{ $.role }}
{{- end }}
{{- end -}}
