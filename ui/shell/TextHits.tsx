import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { ScrollText } from 'lucide-react'
import type { Response } from '../../schema/api/contract.ts'
import { TEXT_CHARS_MIN, textSearchQuery } from '../api/queries.ts'
import highlight from '../components/Highlight.module.css'
import { useScope } from '../search/use-scope.ts'
import { PaletteRow } from './PaletteRow.tsx'

type Hit = Response<'searchText'>['items'][number]

/** Where the words were said, in the range of the page; a row leads to the step of the replay. */
export const TextHits = ({ q, then }: { readonly q: string; readonly then: (run: () => void) => () => void }) => {
  const { range } = useScope()
  const { data } = useQuery(textSearchQuery(q, range))
  const navigate = useNavigate()
  if (q.length < TEXT_CHARS_MIN || !data || data.items.length === 0) return null
  return (
    <Command.Group heading={data.truncated ? 'Said (newest; more in Sessions)' : 'Said'}>
      {data.items.map((hit) => (
        <PaletteRow
          key={`${hit.traceId} ${hit.spanId} ${hit.time}`}
          // The palette filters by this: what the server found stays.
          value={`${hit.traceId} ${hit.spanId} ${hit.time} ${q}`}
          icon={ScrollText}
          detail={hit.agent || hit.name}
          onSelect={then(() => void navigate(targetOf(hit)))}
        >
          <Marked snippet={hit.snippet} />
        </PaletteRow>
      ))}
    </Command.Group>
  )
}

const Marked = ({ snippet: { text, marks } }: { readonly snippet: Hit['snippet'] }) => {
  const parts = marks.flatMap(([start = 0, end = 0], i) => [
    text.slice(marks[i - 1]?.[1] ?? 0, start),
    <mark key={start} className={highlight.mark}>
      {text.slice(start, end)}
    </mark>,
  ])
  return (
    <>
      {parts}
      {text.slice(marks.at(-1)?.[1] ?? 0)}
    </>
  )
}

const targetOf = (hit: Hit) => {
  const search = hit.spanId === '' ? {} : { span: hit.spanId }
  return hit.sessionId === ''
    ? ({ to: '/traces/$traceId', params: { traceId: hit.traceId }, search } as const)
    : ({ to: '/sessions/$id', params: { id: hit.sessionId }, search } as const)
}
