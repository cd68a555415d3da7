import { useMatches } from '@tanstack/react-router'

interface PageTitle {
  readonly title: string
  readonly crumbs: readonly { readonly label: string; readonly to?: '/' | '/sessions' | '/traces' | '/tools' }[]
}

/** Title and breadcrumb of the page, from its route. */
export const usePageTitle = (): PageTitle => {
  const match = useMatches({ select: (matches) => matches.at(-1) })
  const { section, sectionTo, param } = match?.staticData ?? {}
  if (!section) return { title: 'Recount', crumbs: [] }
  const name = param ? (match?.params as Record<string, string> | undefined)?.[param] : undefined
  if (!name) return { title: section, crumbs: [{ label: section }] }
  return {
    title: `${name} – ${section}`,
    crumbs: [{ label: section, ...(sectionTo ? { to: sectionTo } : {}) }, { label: name }],
  }
}
