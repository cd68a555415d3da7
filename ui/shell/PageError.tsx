import type { ErrorComponentProps } from '@tanstack/react-router'
import { ErrorState } from '../components/ErrorState.tsx'

/** A page that threw: the frame stays, and with it the way out. */
export const PageError = ({ error, reset }: ErrorComponentProps) => <ErrorState error={error} onRetry={reset} />
