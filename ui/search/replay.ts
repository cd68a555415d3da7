import { compact, type RawSearch, readChoice, readList, readNumber, readText } from './codec.ts'

/** The view of a recording: where it stands, what is open, what is folded. Shared by the session's and the trace's page. */
export interface ReplaySearch {
  readonly tab?: 'transcript' | 'trace' | 'logs'
  /** Position in milliseconds since the recording's start. */
  readonly at?: number
  /** Open in the inspector. */
  readonly span?: string
  readonly step?: number
  /** Pane of the inspector. */
  readonly pane?: string
  /** Kinds of mark that next/previous visit; absent: all. */
  readonly marks?: readonly string[]
  /** Part of the timeline that is seen, `from-to` in milliseconds. */
  readonly zoom?: string
  readonly fold?: readonly string[]
  readonly run?: string
  readonly q?: string
}

export const validateReplaySearch = (search: RawSearch): ReplaySearch =>
  compact({
    tab: readChoice(search.tab, ['transcript', 'trace', 'logs']),
    at: readNumber(search.at),
    span: readText(search.span),
    step: readNumber(search.step),
    pane: readText(search.pane),
    marks: readList(search.marks),
    zoom: readText(search.zoom),
    fold: readList(search.fold),
    run: readText(search.run),
    q: readText(search.q),
  })
