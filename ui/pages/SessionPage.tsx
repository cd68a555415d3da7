import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useDeferredValue, useEffect, useMemo } from 'react'
import { isNotFound } from '../api/errors.ts'
import { sessionQuery, sessionReplayQuery, stepsOfPages } from '../api/queries.ts'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorState } from '../components/ErrorState.tsx'
import { buildReplay } from '../replay/model.ts'
import { Replay } from '../replay/Replay.tsx'
import { ReplaySkeleton } from '../replay/ReplaySkeleton.tsx'

const route = getRouteApi('/sessions/$id')

/** What happened in this session? */
export const SessionPage = () => {
  const { id } = route.useParams()
  const search = route.useSearch()
  const replay = useInfiniteQuery(sessionReplayQuery(id))
  const session = useQuery(sessionQuery(id))
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = replay
  // Long sessions come in pages: the first is shown at once, the others follow while one reads.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  // Later pages are worked in when the browser has time: what is on the screen keeps answering meanwhile.
  const pages = useDeferredValue(replay.data?.pages)
  const model = useMemo(() => {
    if (!pages?.[0]) return undefined
    return buildReplay(pages[0].session, session.data?.runs ?? [], stepsOfPages(pages))
  }, [pages, session.data])
  if (isNotFound(replay.error)) {
    return (
      <EmptyState title="No session has this id">
        It was never received, or its retention has passed. A run whose telemetry names no session has an id of its own:
        the list of sessions shows it.
      </EmptyState>
    )
  }
  if (replay.error && !model)
    return <ErrorState error={replay.error} subject="The recording" onRetry={() => void replay.refetch()} />
  if (!model) return <ReplaySkeleton />
  return <Replay key={id} model={model} runs={session.data?.runs ?? []} search={search} loading={hasNextPage} />
}
