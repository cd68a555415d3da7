-- Whether anything of a range was sampled is asked with every overview, and mostly nothing was: granules without a trace state are passed over.
ALTER TABLE spans ADD INDEX IF NOT EXISTS ix_trace_state trace_state TYPE minmax GRANULARITY 1;
