import type { ScriptedStep, ScriptedToolCall } from './script.ts'

/** One answer of the scripted model before it takes the shape of an API. */
export interface Answer {
  readonly id: string
  readonly model: string
  readonly createdSeconds: number
  readonly step: ScriptedStep
  readonly toolCalls: readonly (ScriptedToolCall & { readonly id: string })[]
}

export interface Usage {
  readonly input: number
  readonly output: number
  readonly cached: number
  readonly reasoning: number
}

export const totalsOf = ({ usage }: ScriptedStep): Usage => ({
  input: usage.inputUncached + usage.cacheRead,
  output: usage.outputText + usage.reasoning,
  cached: usage.cacheRead,
  reasoning: usage.reasoning,
})

/** In a call's id stands the step that asked for it: the next request carries it back, and needs no memory here. */
export const callId = (step: number, index: number, salt: string): string => `call_s${step}_${index}_${salt}`

/** The step that answers a request whose history holds the results of these calls. */
export const stepAfter = (resultIds: readonly unknown[]): number =>
  resultIds.reduce<number>((step, id) => {
    const asked = /^call_s(\d+)_/.exec(String(id))?.[1]
    return asked === undefined ? step : Math.max(step, Number(asked) + 1)
  }, 0)

/** Text in pieces of a few characters, as streams bring it. */
export const piecesOf = (text: string): string[] => text.match(/.{1,7}/gs) ?? []
