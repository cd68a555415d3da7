import { type RefObject, useEffect, useRef } from 'react'

export interface Drawing {
  readonly ctx: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  /** Colour of a token (`--llm`), as the canvas understands it, in the theme that is on. */
  readonly colour: (token: string) => string
}

/**
 * A canvas that draws itself again when its size, the theme or `draw` changes, and at no other time. Sizes are CSS pixels; the device's
 * pixel ratio is dealt with here.
 */
export const useCanvas = (draw: (drawing: Drawing) => void): RefObject<HTMLCanvasElement | null> => {
  const ref = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const canvas = ref.current
    if (!canvas) return
    const paint = () => paintInto(canvas, draw)
    const resized = new ResizeObserver(paint)
    resized.observe(canvas)
    const themed = new MutationObserver(paint)
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    const system = matchMedia('(prefers-color-scheme: dark)')
    system.addEventListener('change', paint)
    return () => {
      resized.disconnect()
      themed.disconnect()
      system.removeEventListener('change', paint)
    }
  }, [draw])
  return ref
}

const paintInto = (canvas: HTMLCanvasElement, draw: (drawing: Drawing) => void) => {
  const { clientWidth: width, clientHeight: height } = canvas
  const ctx = canvas.getContext('2d')
  if (!ctx || width === 0 || height === 0) return
  const ratio = devicePixelRatio || 1
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  ctx.scale(ratio, ratio)
  const colour = tokenReader(canvas)
  draw({ ctx, width, height, colour })
}

/** `light-dark()` resolves only where a colour is used, so each token is read through the canvas's own colour, once a paint. */
const tokenReader = (element: HTMLElement): Drawing['colour'] => {
  const known = new Map<string, string>()
  return (token) => {
    const found = known.get(token)
    if (found !== undefined) return found
    const before = element.style.color
    element.style.color = `var(${token})`
    const read = getComputedStyle(element).color
    element.style.color = before
    known.set(token, read)
    return read
  }
}
