import type { Agents } from './calls.ts'
import type { RunTree } from './run-tree.ts'
import type { TallySpan } from './tally-span.ts'

/** What a run is called and whom it belongs to: what its root says, else what any span says first. */
export class RunIdentity implements Agents {
  readonly #tree: RunTree
  readonly #inOrder: readonly TallySpan[]
  readonly #names = new Map<TallySpan, string>()
  readonly #versions = new Map<TallySpan, string>()
  readonly roots: readonly TallySpan[]

  constructor(tree: RunTree) {
    this.#tree = tree
    this.roots = tree.roots
    this.#inOrder = [...this.roots, ...tree.spans]
  }

  /** First value of a field that is not empty, roots first. */
  first(field: TextField): string {
    return this.#inOrder.find((span) => span[field] !== '')?.[field] ?? ''
  }

  /** Every value of a field, the one that `first` gives in front, the rest sorted. */
  all(field: TextField): readonly string[] {
    const main = this.first(field)
    const others = new Set(
      this.#tree.spans.map((span) => span[field]).filter((value) => value !== '' && value !== main),
    )
    return main === '' ? [] : [main, ...[...others].sort()]
  }

  /** Nearest enclosing agent; '' without one. */
  nameOf(span: TallySpan): string {
    return this.#nearest(span, 'agent', this.#names)
  }

  versionOf(span: TallySpan): string {
    return this.#nearest(span, 'agentVersion', this.#versions)
  }

  /** Remembers the answer for every span on the way, so that all spans of a run together cost one walk each. */
  #nearest(span: TallySpan, field: 'agent' | 'agentVersion', known: Map<TallySpan, string>): string {
    const own = span[field] || known.get(span)
    if (own !== undefined && own !== '') return own
    const way: TallySpan[] = []
    const seen = new Set<TallySpan>()
    let found = ''
    for (let up: TallySpan | undefined = span; up && !seen.has(up); up = this.#tree.parentOf(up)) {
      const answer = up[field] || known.get(up)
      if (answer !== undefined && (answer !== '' || known.has(up))) {
        found = answer
        break
      }
      way.push(up)
      seen.add(up)
    }
    for (const passed of way) known.set(passed, found)
    return found
  }

  /** The agent that was asked: the root's, else the first agent span's, else the first that any span names, else the service. */
  get rootAgent(): string {
    const root = this.roots[0]
    if (root && root.agent !== '') return root.agent
    const agent = this.#tree.spans.find(({ kind, agent: name }) => kind === 'agent' && name !== '')
    return agent?.agent || this.first('agent') || this.first('service')
  }

  /** Status of the root; an error of any root is the run's, and without a root any failed span's is. */
  get status(): number {
    const trueRoots = this.roots.filter(({ parentSpanId }) => parentSpanId === '')
    if (trueRoots.length === 0) return this.#tree.spans.some(({ failed }) => failed) ? 2 : 0
    return trueRoots.some(({ status }) => status === 2) ? 2 : (trueRoots[0]?.status ?? 0)
  }

  get labels(): ReadonlyMap<string, string> {
    const labels = new Map<string, string>()
    for (const span of this.#inOrder)
      for (const [key, value] of span.labels) if (!labels.has(key)) labels.set(key, value)
    return new Map([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** What the user said first: the root's input, unless that is data and a span below has it in words. */
  get firstInput(): string {
    return inWords([...this.roots, ...this.#speakers].map(({ inputPreview }) => inputPreview))
  }

  /** What the agent said last, found the same way from the end. */
  get lastOutput(): string {
    return inWords(
      [...this.roots.toReversed(), ...this.#speakers.toReversed()].map(({ outputPreview }) => outputPreview),
    )
  }

  get #speakers(): readonly TallySpan[] {
    return this.#tree.spans.filter(
      ({ kind, origin }) =>
        kind === 'agent' || kind === 'workflow' || kind === 'llm' || (kind === 'prompt' && origin === 'log'),
    )
  }
}

/** The first that is neither JSON nor a Python object as it prints; without one the first. */
const inWords = (texts: readonly string[]): string => {
  const said = texts.filter((text) => text !== '')
  return said.find((text) => !/^(?:[[{]|\w+\(\w+=)/.test(text)) ?? said[0] ?? ''
}

type TextField =
  | 'sessionId'
  | 'userId'
  | 'agent'
  | 'agentVersion'
  | 'service'
  | 'team'
  | 'costCenter'
  | 'customer'
  | 'env'
  | 'workflow'
  | 'policyVersion'
