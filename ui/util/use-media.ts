import { useCallback, useSyncExternalStore } from 'react'

/** Does a media query hold? `useMedia('(max-width: 720px)')`. */
export const useMedia = (query: string): boolean => {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}

/** The phone of whoever is on call: navigation goes to the bottom, facets and inspectors into drawers. */
export const NARROW = '(max-width: 720px)'
