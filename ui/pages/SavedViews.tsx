import { useLocation, useNavigate } from '@tanstack/react-router'
import { Bookmark, X } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components'
import overlay from '../components/overlay.module.css'
import { parseSearch } from '../search/codec.ts'
import { readViews, type SavedView, withoutView, withView, writeViews } from '../search/saved-views.ts'
import styles from './SavedViews.module.css'

/** Views of this page by name, kept in this browser: a view is its address, so it can be sent to others as a link too. */
export const SavedViews = ({ page }: { readonly page: '/sessions' }) => {
  const id = useId()
  const navigate = useNavigate()
  const { searchStr } = useLocation()
  const [views, setViews] = useState<readonly SavedView[]>(() => readViews(page))
  const keep = (next: readonly SavedView[]) => {
    setViews(next)
    writeViews(page, next)
  }
  const current = views.find((view) => view.search === searchStr)
  return (
    <DialogTrigger>
      <Button className="btn" aria-label={current ? `Saved views: ${current.name}` : 'Saved views'}>
        <Bookmark aria-hidden="true" />
        <span className="cut">{current?.name ?? 'Views'}</span>
      </Button>
      <Popover className={overlay.popover ?? ''} offset={4}>
        <Dialog className={styles.views ?? ''} aria-label="Saved views">
          {({ close }) => (
            <>
              {views.length === 0 && <p className="muted">Filters, order and time of this page, under a name.</p>}
              <ul>
                {views.map((view) => (
                  <li key={view.name} className={styles.view}>
                    <button
                      type="button"
                      className={`btn plain ${styles.open}`}
                      aria-current={view === current}
                      onClick={() => {
                        void navigate({ to: page, search: EMPTY_SCOPE(parseSearch(view.search)) })
                        close()
                      }}
                    >
                      <span className="cut">{view.name}</span>
                    </button>
                    <button
                      type="button"
                      className="btn plain"
                      aria-label={`Forget ${view.name}`}
                      onClick={() => keep(withoutView(views, view.name))}
                    >
                      <X aria-hidden="true" />
                    </button>
                  </li>
                ))}
              </ul>
              <form
                className={styles.form}
                onSubmit={(event: FormEvent<HTMLFormElement>) => {
                  event.preventDefault()
                  const name = String(new FormData(event.currentTarget).get('name') ?? '')
                  if (name.trim() === '') return
                  keep(withView(views, { name: name.trim(), search: searchStr }))
                  close()
                }}
              >
                <label htmlFor={id}>Save this view as</label>
                <div className={styles.row}>
                  <input id={id} name="name" className="input" maxLength={60} autoComplete="off" required />
                  <button type="submit" className="btn">
                    Save
                  </button>
                </div>
              </form>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

/** A view that names no time or environment means none: links keep them else. */
const EMPTY_SCOPE = (search: Readonly<Record<string, unknown>>) => ({
  from: undefined,
  to: undefined,
  env: undefined,
  ...search,
})
