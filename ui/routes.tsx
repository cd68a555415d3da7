import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type SearchMiddleware,
} from '@tanstack/react-router'
import { NotFoundPage } from './pages/NotFoundPage.tsx'
import { parseSearch, stringifySearch } from './search/codec.ts'
import { validateAuditSearch, validateCostsSearch } from './search/costs.ts'
import {
  validateIngestSearch,
  validateMappingSearch,
  validateReportSearch,
  validateSessionsSearch,
} from './search/pages.ts'
import { validateReplaySearch } from './search/replay.ts'
import { SCOPE_KEYS, type ScopeSearch, validateScope } from './search/scope.ts'
import { PageError } from './shell/PageError.tsx'
import { Shell } from './shell/Shell.tsx'

/** Every URL of the app. Pages are loaded when they are opened; each reads its own parameters with `getRouteApi(path)`. */
interface RouterContext {
  readonly queryClient: QueryClient
}

/** A link that says nothing about range or environment keeps them; one that names them, even as undefined, decides. */
const keepScope: SearchMiddleware<ScopeSearch> = ({ search, next }) => {
  const result = next(search)
  const kept = SCOPE_KEYS.filter((key) => !(key in result) && search[key] !== undefined)
  return { ...result, ...Object.fromEntries(kept.map((key) => [key, search[key]])) }
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Shell,
  notFoundComponent: NotFoundPage,
  validateSearch: validateScope,
  search: { middlewares: [keepScope] },
})

const fleetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: validateReportSearch,
  staticData: { section: 'Fleet' },
  component: lazyRouteComponent(() => import('./pages/FleetPage.tsx'), 'FleetPage'),
})
const agentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/$name',
  validateSearch: validateReportSearch,
  staticData: { section: 'Fleet', sectionTo: '/', param: 'name' },
  component: lazyRouteComponent(() => import('./pages/AgentPage.tsx'), 'AgentPage'),
})
const sessionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sessions',
  validateSearch: validateSessionsSearch,
  staticData: { section: 'Sessions' },
  component: lazyRouteComponent(() => import('./pages/SessionsPage.tsx'), 'SessionsPage'),
})
const sessionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sessions/$id',
  validateSearch: validateReplaySearch,
  staticData: { section: 'Sessions', sectionTo: '/sessions', param: 'id' },
  component: lazyRouteComponent(() => import('./pages/SessionPage.tsx'), 'SessionPage'),
})
const tracesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/traces',
  validateSearch: validateReportSearch,
  staticData: { section: 'Traces' },
  component: lazyRouteComponent(() => import('./pages/TracesPage.tsx'), 'TracesPage'),
})
const traceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/traces/$traceId',
  validateSearch: validateReplaySearch,
  staticData: { section: 'Traces', sectionTo: '/traces', param: 'traceId' },
  component: lazyRouteComponent(() => import('./pages/TracePage.tsx'), 'TracePage'),
})
const toolsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tools',
  validateSearch: validateReportSearch,
  staticData: { section: 'Tools' },
  component: lazyRouteComponent(() => import('./pages/ToolsPage.tsx'), 'ToolsPage'),
})
const toolRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tools/$name',
  validateSearch: validateReportSearch,
  staticData: { section: 'Tools', sectionTo: '/tools', param: 'name' },
  component: lazyRouteComponent(() => import('./pages/ToolPage.tsx'), 'ToolPage'),
})
const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models',
  validateSearch: validateReportSearch,
  staticData: { section: 'Models' },
  component: lazyRouteComponent(() => import('./pages/ModelsPage.tsx'), 'ModelsPage'),
})

const costsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/costs',
  validateSearch: validateCostsSearch,
  staticData: { section: 'Costs', range: 'month' },
  component: lazyRouteComponent(() => import('./pages/CostsPage.tsx'), 'CostsPage'),
})
const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: validateAuditSearch,
  staticData: { section: 'Audit' },
  component: lazyRouteComponent(() => import('./pages/AuditPage.tsx'), 'AuditPage'),
})

const ingestRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ingest',
  validateSearch: validateIngestSearch,
  staticData: { section: 'Ingest' },
  component: lazyRouteComponent(() => import('./pages/IngestPage.tsx'), 'IngestPage'),
})

const mappingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/mapping',
  validateSearch: validateMappingSearch,
  staticData: { section: 'How it was read' },
  component: lazyRouteComponent(() => import('./pages/MappingPage.tsx'), 'MappingPage'),
})

const routeTree = rootRoute.addChildren([
  fleetRoute,
  agentRoute,
  sessionsRoute,
  sessionRoute,
  tracesRoute,
  traceRoute,
  toolsRoute,
  toolRoute,
  modelsRoute,
  costsRoute,
  auditRoute,
  ingestRoute,
  mappingRoute,
])

export const createAppRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree,
    context: { queryClient },
    parseSearch,
    stringifySearch,
    // What no page can read is taken out of the address: left in, it would reach the pages unread.
    search: { strict: true },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    scrollRestorationBehavior: 'instant',
    scrollToTopSelectors: ['#content'],
    defaultErrorComponent: PageError,
    // A page's code is small and near: no flash of a placeholder before it is there.
    defaultPendingMs: 400,
  })

declare module '@tanstack/react-router' {
  interface Register {
    readonly router: ReturnType<typeof createAppRouter>
  }
  interface StaticDataRouteOption {
    readonly section?: string
    /** Where the section's crumb leads, on a page below it. */
    readonly sectionTo?: '/' | '/sessions' | '/traces' | '/tools'
    /** The path parameter that names this page. */
    readonly param?: string
    /** The page's range where its address names none: money is asked for by the month. */
    readonly range?: 'month'
  }
}
