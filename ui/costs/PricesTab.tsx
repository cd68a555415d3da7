import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PriceOverride, PriceSettings } from '../../schema/api/prices.ts'
import { put } from '../api/client.ts'
import { pricesQuery } from '../api/cost-queries.ts'
import { ErrorState } from '../components/ErrorState.tsx'
import { Figure, FigureRow } from '../components/Figure.tsx'
import { formatCount, formatUsd, plural } from '../util/format.ts'
import { formatMoment } from '../util/time-format.ts'
import { Fees } from './Fees.tsx'
import { ImportPrices } from './ImportPrices.tsx'
import { OverrideDialog } from './OverrideDialog.tsx'
import { Overrides } from './Overrides.tsx'
import { Reprice } from './Reprice.tsx'
import { UnpricedModels } from './UnpricedModels.tsx'
import type { CostView } from './use-cost-scope.ts'

/** What is open: a new price (perhaps filled in beforehand), or one of the list. */
export type Editing =
  | { readonly index: null; readonly price: Partial<PriceOverride> }
  | { readonly index: number; readonly price: PriceOverride }

/** By which prices is computed, what has none, and history priced anew. */
export const PricesTab = ({ view }: { readonly view: CostView }) => {
  const prices = useQuery(pricesQuery())
  const { data } = prices
  const [editing, setEditing] = useState<Editing>()
  const save = useSavePrices(() => setEditing(undefined))
  if (prices.isError && !data)
    return <ErrorState error={prices.error} subject="Prices" onRetry={() => void prices.refetch()} />
  const settings = data?.settings
  const edit = (next: Editing | undefined) => {
    save.reset()
    setEditing(next)
  }
  return (
    <>
      <FigureRow label="Prices">
        <Figure label="Built-in book" value={data ? data.book.name : null} source="Dated prices of public models.">
          {data && `version ${data.book.version} · ${plural(data.book.models, 'model')}`}
        </Figure>
        <Figure
          label="Own prices"
          value={settings ? formatCount(settings.overrides.length) : null}
          source="Prices of this project; they win over the built-in book."
        >
          {data?.changedAt
            ? `changed ${formatMoment(Date.parse(data.changedAt), 'UTC')} by ${data.actor ?? 'somebody'}`
            : 'never changed'}
        </Figure>
        <Figure
          label="Where both are known"
          value={settings ? settings.wins : null}
          source="Which cost counts where the sender reported one and the book computes one. They are never added."
        >
          cost counts
        </Figure>
        <Figure
          label="Human review"
          value={settings ? `${formatUsd(settings.reviewUsdPerMinute)}` : null}
          source="What a minute of human review costs."
        >
          a minute
        </Figure>
      </FigureRow>
      <UnpricedModels view={view} onAdd={(price) => edit({ index: null, price })} ready={settings !== undefined} />
      <Overrides settings={settings} onEdit={edit} save={save} />
      {settings && <Fees settings={settings} save={save} />}
      <ImportPrices />
      <Reprice view={view} />
      {editing && settings && (
        <OverrideDialog
          editing={editing}
          pending={save.isPending}
          error={save.error}
          onClose={() => edit(undefined)}
          onSave={(price) =>
            save.mutate({
              ...settings,
              overrides:
                editing.index === null ? [...settings.overrides, price] : settings.overrides.with(editing.index, price),
            })
          }
        />
      )}
    </>
  )
}

export type SavePrices = ReturnType<typeof useSavePrices>

const useSavePrices = (onSaved: () => void) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (settings: PriceSettings) => put('putPrices', { body: settings }),
    onSuccess: async (prices) => {
      client.setQueryData(pricesQuery().queryKey, prices)
      await client.invalidateQueries({ queryKey: ['unpriced'] })
      onSaved()
    },
  })
}
