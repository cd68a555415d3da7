        -- What a log record is in answers, wherever it was looked for.
        lower(hex(l.log_id)) AS log_id,
        toString(toUnixTimestamp64Nano(l.time)) AS time_nanos,
        if(l.trace_id = toFixedString('', 16), '', lower(hex(l.trace_id))) AS trace_id,
        if(l.span_id = toFixedString('', 8), '', lower(hex(l.span_id))) AS span_id,
        l.service AS service,
        l.severity AS severity,
        l.severity_text AS severity_text,
        l.event_name AS event_name,
        l.body AS body,
        l.attrs AS attrs,
        l.nums AS nums
