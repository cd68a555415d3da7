import { z } from 'zod'
import { Budget, BudgetList, type BudgetState } from '../../schema/api/budgets.ts'
import { PATHS } from '../../schema/api/paths.ts'

/**
 * Sections of recount.yaml that declare documents of a project. They are the state that `recount apply` makes so, over the API; no start of the program
 * reads them, so that what somebody changed on the page is not undone by a restart.
 */
export interface DeclaredSection {
  readonly path: string
  /** What the section is, of an answer of GET. */
  readonly current: (answer: unknown) => unknown
  /** What PUT takes, of the section. */
  readonly body: (declared: unknown) => unknown
}

/** People write numbers; money is text on its way, so that no digit is lost. */
const numberAsText = <T extends z.ZodType>(text: T) =>
  z.preprocess((value) => (typeof value === 'number' ? String(value) : value), text)

export const BudgetsSection = z
  .array(z.strictObject({ ...Budget.shape, limit: numberAsText(Budget.shape.limit) }))
  .superRefine((budgets, context) => {
    const issue = BudgetList.safeParse({ budgets }).error?.issues[0]
    if (issue) context.addIssue({ code: 'custom', message: issue.message })
  })

export const DECLARED: Readonly<Record<'budgets', DeclaredSection>> = {
  budgets: {
    path: PATHS.budgets,
    current: (answer) => (answer as { readonly items: readonly BudgetState[] }).items.map(({ budget }) => budget),
    body: (budgets) => ({ budgets }),
  },
}
