import type { MetricsRegistry } from '../schema/metrics/registry.ts'

export const collectorMeters = (metrics: MetricsRegistry) => ({
  loaded: metrics.counter('recount_loaded_rows_total', 'Rows loaded into ClickHouse', ['table']),
  loadErrors: metrics.counter('recount_load_errors_total', 'Failed tries to load or tally; each is tried again'),
  corrupt: metrics.counter('recount_spool_corrupt_total', 'Damaged stretches or segments set aside'),
  masked: metrics.counter('recount_masked_total', 'Findings replaced, hashed or dropped before the spool', ['finding']),
  turnsLost: metrics.counter(
    'recount_tally_turns_lost_total',
    'Tallies done again because another collector wrote first',
  ),
  tallied: metrics.counter('recount_tallied_runs_total', 'Runs whose figures changed'),
  tallyFailed: metrics.counter('recount_tally_failed_runs_total', 'Runs that could not be counted: a defect'),
  tallySeconds: metrics.counter('recount_tally_seconds_total', 'Time spent tallying'),
})
