import { Command } from 'cmdk'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import styles from './CommandPalette.module.css'

interface PaletteRowProps {
  readonly value: string
  readonly icon?: LucideIcon
  readonly detail?: string
  readonly onSelect: () => void
  readonly children: ReactNode
}

export const PaletteRow = ({ value, icon: Icon, detail, onSelect, children }: PaletteRowProps) => (
  <Command.Item value={value} onSelect={onSelect} className={styles.row}>
    {Icon ? <Icon aria-hidden="true" /> : <i />}
    <span className="cut grow">{children}</span>
    {detail && <span className="faint cut">{detail}</span>}
  </Command.Item>
)
