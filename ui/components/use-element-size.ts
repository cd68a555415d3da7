import { type RefObject, useCallback, useLayoutEffect, useState } from 'react'

/** The width of an element in px, following it; the window's until it is measured. */
export const useElementWidth = <E extends HTMLElement>(): readonly [(element: E | null) => void, number] => {
  const [width, setWidth] = useState(() => window.innerWidth)
  const ref = useCallback((element: E | null) => {
    if (!element) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}

/** How far an element starts below the top of the page's scrolling area: what stands above may load later and push it down. */
export const useScrollMargin = (ref: RefObject<HTMLElement | null>): number => {
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => {
    const main = document.getElementById('content')
    const element = ref.current
    if (!main || !element) return
    const measure = () =>
      setMargin(Math.round(element.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop))
    measure()
    const observer = new ResizeObserver(measure)
    for (const child of main.children) observer.observe(child)
    return () => observer.disconnect()
  }, [ref])
  return margin
}
