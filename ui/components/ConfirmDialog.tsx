import type { ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import styles from './ConfirmDialog.module.css'
import { ErrorState } from './ErrorState.tsx'
import overlay from './overlay.module.css'

interface Props {
  readonly title: string
  /** What the button says: "Delete". */
  readonly action: string
  readonly pending: boolean
  readonly error: unknown
  readonly onConfirm: () => void
  readonly onCancel: () => void
  /** What will happen, and what not. */
  readonly children: ReactNode
}

/** Asks before what cannot be taken back. The way out has the focus. */
export const ConfirmDialog = ({ title, action, pending, error, onConfirm, onCancel, children }: Props) => (
  <ModalOverlay className={overlay.scrim ?? ''} isOpen isDismissable onOpenChange={(open) => open || onCancel()}>
    <Modal className={overlay.modal ?? ''}>
      <Dialog role="alertdialog">
        <Heading slot="title" className={styles.title}>
          {title}
        </Heading>
        <div className={styles.body}>
          <div className="muted">{children}</div>
          {error ? <ErrorState error={error} /> : null}
          <div className={styles.buttons}>
            {/* biome-ignore lint/a11y/noAutofocus: in a dialog that was opened to decide, the harmless choice has the focus. */}
            <button type="button" className="btn" onClick={onCancel} autoFocus>
              Cancel
            </button>
            <button type="button" className="btn primary" onClick={onConfirm} disabled={pending}>
              {pending ? 'Working…' : action}
            </button>
          </div>
        </div>
      </Dialog>
    </Modal>
  </ModalOverlay>
)
