-- Whether a sampler left spans out (tracestate of OpenTelemetry with a rejection threshold above 0): counts are then of what was received.
SELECT 1 AS sampled
FROM spans AS s
WHERE {{spans}}
  AND s.trace_state != ''
  AND match(s.trace_state, '(^|,)\\s*ot=([^,]*;)?th:0*[1-9a-f]')
LIMIT 1
