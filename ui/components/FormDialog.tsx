import { cloneElement, type FormEvent, type ReactElement, type ReactNode, useId } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { ErrorState } from './ErrorState.tsx'
import form from './FormDialog.module.css'
import overlay from './overlay.module.css'

interface Props {
  readonly title: string
  readonly action: string
  readonly pending: boolean
  readonly error: unknown
  readonly onSubmit: (data: FormData) => void
  readonly onClose: () => void
  readonly children: ReactNode
  readonly wide?: boolean
}

/** A form over the page; what it refuses is said in it, and nothing typed is lost. */
export const FormDialog = ({ title, action, pending, error, onSubmit, onClose, children, wide }: Props) => (
  <ModalOverlay className={overlay.scrim ?? ''} isOpen onOpenChange={(open) => open || onClose()}>
    <Modal className={`${overlay.modal} ${wide ? overlay.wide : ''}`}>
      <Dialog>
        <Heading slot="title" className={form.head}>
          {title}
        </Heading>
        <form
          className={form.form}
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault()
            onSubmit(new FormData(event.currentTarget))
          }}
        >
          {children}
          {error ? <ErrorState error={error} subject="Not saved" /> : null}
          <div className={form.buttons}>
            <button type="button" className="btn" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" className="btn primary" disabled={pending}>
              {pending ? 'Saving…' : action}
            </button>
          </div>
        </form>
      </Dialog>
    </Modal>
  </ModalOverlay>
)

interface FieldProps {
  readonly label: string
  /** What to write, below the control; read aloud after its name. */
  readonly hint?: string
  readonly children: ReactElement<{ 'aria-describedby'?: string }>
}

/** A control with its name above it. */
export const Field = ({ label, hint, children }: FieldProps) => {
  const id = useId()
  return (
    <div className={form.field}>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is what stands in it. */}
      <label className={form.field}>
        <span>{label}</span>
        {hint ? cloneElement(children, { 'aria-describedby': id }) : children}
      </label>
      {hint && (
        <span className={form.hint} id={id}>
          {hint}
        </span>
      )}
    </div>
  )
}
