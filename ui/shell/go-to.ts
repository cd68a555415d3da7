import {
  Activity,
  Bot,
  CircleDollarSign,
  Database,
  type LucideIcon,
  MessagesSquare,
  ScrollText,
  Sparkles,
  Wrench,
} from 'lucide-react'

/** The pages that exist, in the order of the navigation. `key` is pressed after `g`. */
export interface Destination {
  readonly to: '/' | '/sessions' | '/traces' | '/tools' | '/models' | '/costs' | '/audit' | '/ingest'
  readonly label: string
  readonly key: string
  readonly icon: LucideIcon
  readonly question: string
}

export const DESTINATIONS: readonly Destination[] = [
  { to: '/', label: 'Fleet', key: 'f', icon: Bot, question: 'How are my agents?' },
  { to: '/sessions', label: 'Sessions', key: 's', icon: MessagesSquare, question: 'Which runs?' },
  { to: '/traces', label: 'Traces', key: 't', icon: Database, question: 'Where did the time and money go?' },
  { to: '/tools', label: 'Tools', key: 'o', icon: Wrench, question: 'Which connections are ill?' },
  {
    to: '/models',
    label: 'Models',
    key: 'm',
    icon: Sparkles,
    question: 'What do the models cost and how do they answer?',
  },
  { to: '/costs', label: 'Costs', key: 'c', icon: CircleDollarSign, question: 'What, who, why, what next?' },
  { to: '/audit', label: 'Audit', key: 'a', icon: ScrollText, question: 'Who changed what?' },
  { to: '/ingest', label: 'Ingest', key: 'i', icon: Activity, question: 'What came in, and what was not understood?' },
]
