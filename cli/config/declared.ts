import { z } from 'zod'
import { Budget, BudgetList, type BudgetState } from '../../schema/api/budgets.ts'
import { SharedCost, SharedCosts, type SharedCostsSetting } from '../../schema/api/costs.ts'
import { OutcomeSettings } from '../../schema/api/outcome-settings.ts'
import { PATHS } from '../../schema/api/paths.ts'
import type { Prices } from '../../schema/api/prices.ts'
import { PricesSection } from './prices-section.ts'

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
const moneyAsText = <T extends z.ZodType>(field: string, document: T) =>
  z.preprocess((given) => {
    const value = (given as Record<string, unknown> | null)?.[field]
    return typeof value === 'number' ? { ...(given as object), [field]: String(value) } : given
  }, document)

/** What the API asks of the whole list is asked of the section too. */
const checkedAs =
  (shape: z.ZodType, field: string) =>
  (list: readonly unknown[], context: z.RefinementCtx): void => {
    const issue = shape.safeParse({ [field]: list }).error?.issues[0]
    if (issue) context.addIssue({ code: 'custom', message: issue.message })
  }

export const DECLARED_SECTIONS = {
  budgets: z.array(moneyAsText('limit', Budget.strict())).superRefine(checkedAs(BudgetList, 'budgets')).optional(),
  sharedCosts: z
    .array(moneyAsText('amountUsd', SharedCost.strict()))
    .superRefine(checkedAs(SharedCosts, 'items'))
    .optional(),
  prices: PricesSection.optional(),
  outcomes: OutcomeSettings.optional(),
}

export const DECLARED: Readonly<Record<keyof typeof DECLARED_SECTIONS, DeclaredSection>> = {
  budgets: {
    path: PATHS.budgets,
    current: (answer) => (answer as { readonly items: readonly BudgetState[] }).items.map(({ budget }) => budget),
    body: (budgets) => ({ budgets }),
  },
  sharedCosts: {
    path: PATHS.sharedCosts,
    current: (answer) => (answer as SharedCostsSetting).items,
    body: (items) => ({ items }),
  },
  prices: {
    path: PATHS.prices,
    current: (answer) => (answer as Prices).settings,
    body: (prices) => prices,
  },
  outcomes: {
    path: PATHS.outcomeSettings,
    current: (answer) => answer,
    body: (outcomes) => outcomes,
  },
}
