import { lazy, Suspense } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import styles from '../costs/costs.module.css'
import { PivotTab } from '../costs/PivotTab.tsx'
import { useCostView } from '../costs/use-cost-scope.ts'
import inspector from '../replay/inspector.module.css'
import { COST_TABS, type CostTab } from '../search/costs.ts'

// Editors and tables that are not asked for are not loaded.
const OutcomesTab = lazy(() => import('../costs/OutcomesTab.tsx').then((m) => ({ default: m.OutcomesTab })))
const BudgetsTab = lazy(() => import('../costs/BudgetsTab.tsx').then((m) => ({ default: m.BudgetsTab })))
const PricesTab = lazy(() => import('../costs/PricesTab.tsx').then((m) => ({ default: m.PricesTab })))
const ReconciliationTab = lazy(() =>
  import('../costs/ReconciliationTab.tsx').then((m) => ({ default: m.ReconciliationTab })),
)
const SavingsTab = lazy(() => import('../costs/SavingsTab.tsx').then((m) => ({ default: m.SavingsTab })))

const TABS: Readonly<Record<CostTab, string>> = {
  pivot: 'Spend',
  outcomes: 'Per outcome',
  budgets: 'Budgets',
  prices: 'Prices',
  reconciliation: 'Reconciliation',
  savings: 'Savings',
}

/** What was spent, by whom, on what, and what an outcome costs. */
export const CostsPage = () => {
  const view = useCostView()
  const tab = view.search.tab ?? 'pivot'
  return (
    <Tabs
      selectedKey={tab}
      onSelectionChange={(key) =>
        view.change({ tab: key === 'pivot' ? undefined : (key as CostTab), sort: undefined, view: undefined })
      }
    >
      <div className={styles.tabs}>
        <TabList className={inspector.segments ?? ''} aria-label="Views of costs">
          {COST_TABS.map((id) => (
            <Tab key={id} id={id} className={inspector.segment ?? ''}>
              {TABS[id]}
            </Tab>
          ))}
        </TabList>
      </div>
      <TabPanel key={tab} id={tab} className={styles.panel ?? ''}>
        <Suspense
          fallback={
            <span className="skeleton" role="status" aria-label="Loading" style={{ width: '100%', height: 320 }} />
          }
        >
          {tab === 'outcomes' ? (
            <OutcomesTab view={view} />
          ) : tab === 'budgets' ? (
            <BudgetsTab view={view} />
          ) : tab === 'prices' ? (
            <PricesTab view={view} />
          ) : tab === 'reconciliation' ? (
            <ReconciliationTab view={view} />
          ) : tab === 'savings' ? (
            <SavingsTab view={view} />
          ) : (
            <PivotTab view={view} />
          )}
        </Suspense>
      </TabPanel>
    </Tabs>
  )
}
