import { Check, CircleDashed, CloudOff, LogOut, type LucideIcon, UserRoundCheck, X } from 'lucide-react'
import type { Outcome } from '../../schema/model/kind.ts'
import type { Hue } from './kind.ts'

interface OutcomeLook {
  readonly hue: Hue
  readonly icon: LucideIcon
  readonly label: string
}

export const OUTCOME_LOOKS: Readonly<Record<Outcome, OutcomeLook>> = {
  success: { hue: 'ok', icon: Check, label: 'success' },
  failure: { hue: 'error', icon: X, label: 'failure' },
  escalated: { hue: 'approval', icon: UserRoundCheck, label: 'escalated' },
  user_abandoned: { hue: 'warn', icon: LogOut, label: 'abandoned' },
  infra_error: { hue: 'warn', icon: CloudOff, label: 'infra error' },
  pending: { hue: 'agent', icon: CircleDashed, label: 'pending' },
}

export const SOURCE_LABELS: Readonly<Record<string, string>> = {
  system_of_record: 'system of record',
  human: 'a human',
  code: 'code',
  llm: 'a model',
  span: 'the span itself',
}

interface Props {
  readonly outcome: Outcome
  /** Who said it; on hover. */
  readonly source?: string
  readonly provisional?: boolean
}

/** How a run ended. Pending is plain: nothing is known, so nothing is coloured. */
export const OutcomeChip = ({ outcome, source, provisional }: Props) => {
  const { hue, icon: Icon, label } = OUTCOME_LOOKS[outcome]
  const said = source ? `said by ${SOURCE_LABELS[source] ?? source}` : 'nobody has said yet'
  return (
    <span
      className={outcome === 'pending' ? 'chip' : `chip k k-${hue}`}
      title={provisional ? `${said}; may still change` : said}
    >
      <Icon aria-hidden="true" strokeWidth={2} />
      {label}
    </span>
  )
}
