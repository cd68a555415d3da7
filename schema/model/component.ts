/**
 * What money was spent on (semantics.md §2). A call's kind tells its component, so no sum needs a column of its own: what telemetry reports are calls
 * of models, tools and evaluators, `review` is the time of people, and `charge.<component>` is what was posted later.
 */
export const COMPONENTS = ['model', 'tools', 'review', 'evaluation', 'platform'] as const
export type Component = (typeof COMPONENTS)[number]

/** Human review minutes of a run, priced by the project's rate. */
export const REVIEW_KIND = 'review'
/** Kinds of what was posted later: money of a run that no span told of. They count no model or tool call. */
export const CHARGE_KINDS = COMPONENTS.map((component) => `charge.${component}` as const)
export type ChargeKind = (typeof CHARGE_KINDS)[number]

const KINDS_OF: Readonly<Record<string, Component>> = {
  tool: 'tools',
  retrieval: 'tools',
  evaluator: 'evaluation',
  [REVIEW_KIND]: 'review',
}

/** Every other kind whose usage counts is a call of a model, or a roll-up of some. */
export const componentOf = (kind: string): Component => {
  if (kind.startsWith('charge.')) return COMPONENTS.find((component) => kind === `charge.${component}`) ?? 'platform'
  return KINDS_OF[kind] ?? 'model'
}

/** Every kind that is of this component; of `model` only those that are no other's are not listed. */
export const kindsOf = (component: Exclude<Component, 'model'>): string[] => [
  ...Object.keys(KINDS_OF).filter((kind) => KINDS_OF[kind] === component),
  `charge.${component}`,
]

/** The same rule over a column that holds a kind. */
export const componentSql = (kind: string): string => {
  const from = Object.keys(KINDS_OF).map((name) => `'${name}'`)
  const to = Object.values(KINDS_OF).map((name) => `'${name}'`)
  return `if(startsWith(${kind}, 'charge.'), substring(${kind}, 8), transform(toString(${kind}), [${from.join(', ')}], [${to.join(', ')}], 'model'))`
}
