import {
  Bot,
  Brain,
  Check,
  CircleDot,
  Database,
  FileText,
  Flag,
  Hand,
  ListTree,
  type LucideIcon,
  MessageSquare,
  Shield,
  Sparkles,
  SquareFunction,
  UserRound,
  Waypoints,
  Wrench,
  X,
} from 'lucide-react'
import type { Kind } from '../../schema/model/kind.ts'

/** The hue classes of tokens.css. */
export type Hue =
  | 'llm'
  | 'tool'
  | 'retrieval'
  | 'guardrail'
  | 'approval'
  | 'evaluator'
  | 'agent'
  | 'error'
  | 'ok'
  | 'warn'
  | 'accent'

export interface KindLook {
  readonly hue: Hue
  readonly icon: LucideIcon
  readonly label: string
}

const look = (hue: Hue, icon: LucideIcon, label: string): KindLook => ({ hue, icon, label })

/** Every kind of span has one icon, one word and one hue; related kinds share a hue and are told apart by icon and word. */
export const KIND_LOOKS: Readonly<Record<Kind, KindLook>> = {
  llm: look('llm', Sparkles, 'model call'),
  embedding: look('llm', SquareFunction, 'embedding'),
  tool: look('tool', Wrench, 'tool'),
  retrieval: look('retrieval', Database, 'retrieval'),
  rerank: look('retrieval', ListTree, 'rerank'),
  memory: look('retrieval', Brain, 'memory'),
  guardrail: look('guardrail', Shield, 'guardrail'),
  approval: look('approval', Hand, 'approval'),
  evaluator: look('evaluator', Check, 'evaluation'),
  agent: look('agent', Bot, 'agent'),
  workflow: look('agent', Waypoints, 'workflow'),
  handoff: look('agent', Waypoints, 'handoff'),
  plan: look('agent', ListTree, 'plan'),
  prompt: look('agent', FileText, 'prompt'),
  step: look('agent', CircleDot, 'step'),
  span: look('agent', CircleDot, 'span'),
}

export type StepKind =
  | 'message'
  | 'model_call'
  | 'tool_call'
  | 'retrieval'
  | 'guardrail'
  | 'approval'
  | 'handoff'
  | 'evaluation'
  | 'memory'
  | 'plan'
  | 'step'
  | 'error'

/** The same for the steps of a replay. */
export const STEP_LOOKS: Readonly<Record<StepKind, KindLook>> = {
  message: look('agent', MessageSquare, 'message'),
  model_call: KIND_LOOKS.llm,
  tool_call: KIND_LOOKS.tool,
  retrieval: KIND_LOOKS.retrieval,
  guardrail: KIND_LOOKS.guardrail,
  approval: KIND_LOOKS.approval,
  handoff: KIND_LOOKS.handoff,
  evaluation: KIND_LOOKS.evaluator,
  memory: KIND_LOOKS.memory,
  plan: KIND_LOOKS.plan,
  step: KIND_LOOKS.step,
  error: look('error', X, 'error'),
}

export const USER_LOOK: KindLook = look('agent', UserRound, 'user')
export const FLAG_ICON: LucideIcon = Flag
