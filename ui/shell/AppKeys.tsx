import { useCanGoBack, useNavigate, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { DESTINATIONS } from './go-to.ts'
import { listenToKeys, useKeys } from './keys.ts'
import { closeOverlay, openOverlay, useOverlay } from './overlays.ts'
import { usePageTitle } from './page-title.ts'

// Neither is needed before someone asks for it.
const CommandPalette = lazy(() => import('./CommandPalette.tsx').then((m) => ({ default: m.CommandPalette })))
const HelpDialog = lazy(() => import('./HelpDialog.tsx').then((m) => ({ default: m.HelpDialog })))

/** Keys that work on every page, and what they open. */
export const AppKeys = () => {
  const navigate = useNavigate()
  const overlay = useOverlay()
  const { history } = useRouter()
  const { crumbs } = usePageTitle()
  const canGoBack = useCanGoBack()
  // Back as one came, with the list as it was; straight from a link there is only the way up. A list itself has nothing above it.
  const goUp = () => {
    const up = crumbs.find((crumb) => crumb.to)?.to
    if (!up) return false
    return canGoBack ? history.back() : void navigate({ to: up })
  }
  useEffect(listenToKeys, [])
  useKeys('Everywhere', [
    { keys: 'mod+k', label: 'Search or jump', run: () => openOverlay('palette') },
    { keys: '?', label: 'Keys of this page', run: () => openOverlay('help') },
    { keys: '/', label: 'Filter', run: focusFilter },
    { keys: 'Escape', label: 'Back to the list', run: goUp },
  ])
  useKeys(
    'Go to',
    DESTINATIONS.map(({ to, label, key }) => ({ keys: `g ${key}`, label, run: () => void navigate({ to }) })),
  )
  return (
    <Suspense fallback={null}>
      {overlay === 'palette' && <CommandPalette onClose={closeOverlay} />}
      {overlay === 'help' && <HelpDialog onClose={closeOverlay} />}
    </Suspense>
  )
}

/** The page's filter says so itself, with `data-filter`. */
const focusFilter = () => {
  const field = document.querySelector<HTMLElement>('[data-filter]')
  field?.focus()
  return field !== null
}
