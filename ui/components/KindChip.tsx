import clsx from 'clsx'
import type { Kind } from '../../schema/model/kind.ts'
import styles from './KindChip.module.css'
import { KIND_LOOKS, type KindLook } from './kind.ts'

interface IconProps {
  readonly look: KindLook
  /** Failed: the error hue wins over the kind's. */
  readonly failed?: boolean
  readonly size?: number
}

/** The icon of a kind on its ground. The word beside it is the caller's, so it is hidden from screen readers. */
export const LookIcon = ({ look, failed, size = 22 }: IconProps) => (
  <span
    className={clsx(styles.tile, `k-${failed ? 'error' : look.hue}`)}
    style={{ width: size, height: size }}
    aria-hidden="true"
  >
    <look.icon strokeWidth={1.75} />
  </span>
)

export const KindIcon = ({
  kind,
  ...rest
}: {
  readonly kind: Kind
  readonly failed?: boolean
  readonly size?: number
}) => <LookIcon look={KIND_LOOKS[kind]} {...rest} />

/** Icon, word and hue of a kind. */
export const KindChip = ({ kind }: { readonly kind: Kind }) => {
  const { hue, icon: Icon, label } = KIND_LOOKS[kind]
  return (
    <span className={`chip k k-${hue}`}>
      <Icon aria-hidden="true" strokeWidth={1.75} />
      {label}
    </span>
  )
}
