-- Who sent spans that started in the range, in whose words, and what their SDKs dropped by themselves. Rows as received: a span sent twice is two.
SELECT
    s.service AS service,
    s.scope AS scope,
    s.scope_version AS version,
    s.dialect AS dialect,
    count() AS spans,
    toUnixTimestamp64Milli(min(s.received_at)) AS first_ms,
    toUnixTimestamp64Milli(max(s.received_at)) AS last_ms,
    toUInt64(sum(s.nums['otel.dropped_attributes_count'])) AS dropped_attributes,
    toUInt64(sum(s.nums['otel.dropped_events_count'])) AS dropped_events,
    toUInt64(sum(s.nums['otel.dropped_links_count'])) AS dropped_links
FROM spans AS s
WHERE s.project_id = {project:UInt32}
  AND s.start_time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
  AND s.start_time < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
  -- Rows that were derived from log records were not sent as spans.
  AND s.origin = 'span'
GROUP BY service, scope, version, dialect
ORDER BY spans DESC
LIMIT {limit:UInt32}
