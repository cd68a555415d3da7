import { Link } from '@tanstack/react-router'
import { EmptyState } from '../components/EmptyState.tsx'
import { MOD_KEY } from '../util/mod-key.ts'

export const NotFoundPage = () => (
  <EmptyState
    title="There is no such page"
    action={
      <Link to="/" className="btn">
        To the fleet
      </Link>
    }
  >
    The address may be of another version of Recount, or cut off on its way here. {MOD_KEY}K finds sessions and traces
    by their id.
  </EmptyState>
)
