import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import overlay from '../components/overlay.module.css'
import styles from './HelpDialog.module.css'
import { type KeyGroup, useKeyGroups } from './keys.ts'

/** The keys that work here and now, as the page declared them. */
export const HelpDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const groups = mergeByName(useKeyGroups())
  return (
    <ModalOverlay className={overlay.scrim ?? ''} isOpen isDismissable onOpenChange={(open) => open || onClose()}>
      <Modal className={`${overlay.modal} ${overlay.wide}`}>
        <Dialog className={styles.help ?? ''}>
          <Heading slot="title" className={styles.title}>
            Keys of this page
          </Heading>
          <div className={styles.groups}>
            {groups.map((group) => (
              <section key={group.name}>
                <h3 className="eyebrow">{group.name}</h3>
                <dl>
                  {group.bindings.map(({ keys, label }) => (
                    <div key={keys}>
                      <dt>
                        {(keys === ' ' ? [keys] : keys.split(' ')).map((key) => (
                          <Key key={key} name={key} />
                        ))}
                      </dt>
                      <dd>{label}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

const mergeByName = (groups: readonly KeyGroup[]): readonly KeyGroup[] =>
  [...new Set(groups.map((group) => group.name))].map((name) => ({
    name,
    bindings: groups
      .filter((group) => group.name === name)
      .flatMap((group) => group.bindings)
      .filter((binding, i, all) => all.findIndex((one) => one.keys === binding.keys) === i),
  }))

/** The bundled fonts have no arrows. */
const DRAWN: Readonly<Record<string, { readonly icon: ReactNode; readonly name: string }>> = {
  ArrowLeft: { icon: <ArrowLeft aria-hidden />, name: 'left' },
  ArrowRight: { icon: <ArrowRight aria-hidden />, name: 'right' },
  ArrowUp: { icon: <ArrowUp aria-hidden />, name: 'up' },
  ArrowDown: { icon: <ArrowDown aria-hidden />, name: 'down' },
}

const Key = ({ name }: { readonly name: string }) => {
  const parts = name.split('+')
  const drawn = DRAWN[parts.at(-1)!]
  if (!drawn) return <kbd>{labelOf(name)}</kbd>
  return (
    <kbd>
      {parts.slice(0, -1).map((part) => `${labelOf(part)} `)}
      {drawn.icon}
      <span className="sr">arrow {drawn.name}</span>
    </kbd>
  )
}

const LABELS: Readonly<Record<string, string>> = {
  Escape: 'Esc',
  Enter: 'Enter',
  ' ': 'space',
}
const labelOf = (key: string) =>
  key
    .split('+')
    .map((part) => LABELS[part] ?? (part === 'mod' ? 'Ctrl/Cmd' : part === 'shift' ? 'Shift' : part))
    .join(' ')
