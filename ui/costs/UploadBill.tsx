import { useMutation, useQueryClient } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import { useState } from 'react'
import type { Query } from '../../schema/api/contract.ts'
import type { BillImport } from '../../schema/api/reconciliation.ts'
import { sendFile } from '../api/client.ts'
import form from '../components/FormDialog.module.css'
import { Field, FormDialog } from '../components/FormDialog.tsx'
import { formatUsd, plural } from '../util/format.ts'

type Overlap = Query<'importBill'>['overlap']

/** By its name, where the browser does not know the kind of a file. */
const typeOf = ({ name, type }: File): string =>
  /\.csv$/i.test(name)
    ? 'text/csv'
    : /\.(jsonl|ndjson)$/i.test(name)
      ? 'application/x-ndjson'
      : /\.json$/i.test(name)
        ? 'application/json'
        : type || 'application/octet-stream'

/** A bill goes up as the provider gave it; whose it is and what it says is told from its content. */
export const UploadBill = ({ onImported }: { readonly onImported: (month: string) => void }) => {
  const client = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const upload = useMutation({
    mutationFn: (data: FormData) => {
      const file = data.get('file') as File
      const text = (name: string) => String(data.get(name) ?? '').trim() || undefined
      return sendFile('importBill', {
        query: {
          provider: text('provider'),
          overlap: text('overlap') as Overlap,
          partial: data.get('partial') ? 'true' : undefined,
          rate: text('rate')?.split(/[\s,]+/),
        },
        file,
        type: typeOf(file),
      })
    },
    onSuccess: async ({ bills }) => {
      await client.invalidateQueries({ queryKey: ['reconciliations'] })
      setOpen(false)
      if (bills[0]) onImported(bills[0].month)
    },
  })
  return (
    <>
      <span role="status" className="small muted num">
        {upload.data && importedText(upload.data)}
      </span>
      <button
        type="button"
        className="btn"
        onClick={() => {
          upload.reset()
          setOpen(true)
        }}
      >
        <FileUp aria-hidden="true" />
        Upload a bill
      </button>
      {isOpen && (
        <FormDialog
          title="Upload a bill"
          action="Upload"
          pending={upload.isPending}
          error={upload.error}
          onSubmit={(data) => upload.mutate(data)}
          onClose={() => setOpen(false)}
        >
          <Field
            label="File"
            hint="OpenAI's organization/costs, Anthropic's cost_report, or a table with day, provider, model and amount"
          >
            <input type="file" name="file" required accept=".json,.jsonl,.ndjson,.csv" />
          </Field>
          <div className={form.row}>
            <Field label="Provider, if the file does not say">
              <input className="input mono" name="provider" placeholder="openai" autoComplete="off" maxLength={100} />
            </Field>
            <Field label="Days that another file has already">
              <select className="input" name="overlap" defaultValue="refuse">
                <option value="refuse">refuse the file</option>
                <option value="replace">replace them</option>
                <option value="add">add to them</option>
              </select>
            </Field>
          </div>
          <Field label="Rates of other currencies, in US dollars" hint="EUR:1.0823">
            <input
              className="input mono"
              name="rate"
              autoComplete="off"
              pattern="\s*([A-Za-z]{3}[:=]\d+(\.\d+)?[\s,]*)*"
              title="A currency, a colon, its price: EUR:1.0823"
            />
          </Field>
          <label>
            <input type="checkbox" name="partial" /> Leave out lines that are not understood
          </label>
        </FormDialog>
      )}
    </>
  )
}

const importedText = ({ bills, skippedCount }: BillImport): string => {
  const news = bills.filter(({ state }) => state === 'imported')
  const said =
    news.length === 0
      ? 'That file was here already'
      : news.map(({ provider, month, billedUsd }) => `${provider} ${month}: ${formatUsd(billedUsd)}`).join(', ')
  return skippedCount > 0 ? `${said}; ${plural(skippedCount, 'line')} left out` : said
}
