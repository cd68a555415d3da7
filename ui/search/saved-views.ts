/** A page's address under a name. They belong to the person, so they are in the browser's storage. */
export interface SavedView {
  readonly name: string
  /** The query string, with its `?`; '' for the page as it opens. */
  readonly search: string
}

const VIEWS_MAX = 50
const keyOf = (page: string): string => `recount.views.${page}`

/** Storage is anybody's: what is not a list of views is none. */
export const parseViews = (text: string | null): readonly SavedView[] => {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(parsed)) return []
    return parsed.flatMap((item: unknown) => {
      const { name, search } = (item ?? {}) as Record<string, unknown>
      return typeof name === 'string' && name !== '' && typeof search === 'string' ? [{ name, search }] : []
    })
  } catch {
    return []
  }
}

export const readViews = (page: string): readonly SavedView[] => {
  try {
    return parseViews(localStorage.getItem(keyOf(page)))
  } catch {
    return []
  }
}

export const writeViews = (page: string, views: readonly SavedView[]): void => {
  try {
    localStorage.setItem(keyOf(page), JSON.stringify(views))
  } catch {
    // Storage can be forbidden; the views then last as long as the page.
  }
}

/** A name stands once: saved again it means the new view. In the order of the alphabet. */
export const withView = (views: readonly SavedView[], view: SavedView): readonly SavedView[] =>
  [...withoutView(views, view.name), view].sort((a, b) => a.name.localeCompare(b.name)).slice(0, VIEWS_MAX)

export const withoutView = (views: readonly SavedView[], name: string): readonly SavedView[] =>
  views.filter((view) => view.name !== name)
