import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Grave findings, each as one line that says where. */
export const faults = async (page: Page, only?: readonly string[]): Promise<string[]> => {
  // Not as a script element: the page's own policy forbids those, and stays in force.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    (ids) =>
      (window as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ['violations'],
        ...(ids
          ? { runOnly: { type: 'rule', values: ids } }
          : // Of axe's experimental rules; it takes a count or a key that stands beside a label for a part of it.
            { rules: { 'label-content-name-mismatch': { enabled: false } } }),
      }),
    only && [...only],
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
    )
}
