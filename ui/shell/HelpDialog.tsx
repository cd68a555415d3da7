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
                          <kbd key={key}>{labelOf(key)}</kbd>
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

const LABELS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Enter: 'Enter',
  ' ': 'space',
}
const labelOf = (key: string) =>
  key
    .split('+')
    .map((part) => LABELS[part] ?? (part === 'mod' ? 'Ctrl/Cmd' : part === 'shift' ? 'Shift' : part))
    .join(' ')
