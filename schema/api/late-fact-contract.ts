import type { Endpoint } from './endpoint.ts'
import { Posted } from './late-facts.ts'
import { OutcomeSettings } from './outcome-settings.ts'
import { PATHS } from './paths.ts'

const LATE_FACTS = { bytesMax: 8 * 1024 ** 2, types: ['application/json', 'text/csv'] } as const

/** Routes that take what is known of a run after it; part of CONTRACT (contract.ts). */
export const LATE_FACT_CONTRACT = {
  outcomes: {
    method: 'post',
    path: PATHS.outcomes,
    summary: 'Outcomes that are known after the run: one as JSON, an array of them, or CSV with a header line',
    file: LATE_FACTS,
    response: Posted,
    scope: 'ingest',
  },
  scores: {
    method: 'post',
    path: PATHS.scores,
    summary:
      'Scores of any name for runs, sessions and spans: one as JSON, an array of them, or CSV with a header line',
    file: LATE_FACTS,
    response: Posted,
    scope: 'ingest',
  },
  charges: {
    method: 'post',
    path: PATHS.charges,
    summary:
      'Money that no telemetry told of, entered in its run: one as JSON, an array of them, or CSV with a header line',
    file: LATE_FACTS,
    response: Posted,
    scope: 'ingest',
  },
  outcomeSettings: {
    method: 'get',
    path: PATHS.outcomeSettings,
    summary:
      'How the project reads outcomes: how long one may still come, what an open run is, and the rules that give one',
    response: OutcomeSettings,
  },
  putOutcomeSettings: {
    method: 'put',
    path: PATHS.putOutcomeSettings,
    summary: 'Sets them; its rules hold for runs that are tallied from now on (scope admin)',
    body: OutcomeSettings,
    response: OutcomeSettings,
    scope: 'admin',
  },
} as const satisfies Record<string, Endpoint>
