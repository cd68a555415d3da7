import { Check, ChevronDown } from 'lucide-react'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import overlay from './overlay.module.css'

export interface Choice<T extends string> {
  readonly id: T
  readonly label: string
  readonly detail?: string
}

interface Props<T extends string> {
  readonly label: string
  readonly choices: readonly Choice<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  /** Shown on the button instead of the choice's own label. */
  readonly valueText?: string
}

/**
 * One of a few, as a button with a menu. Not a select: a focused select takes typed letters as a choice, and the page's keys (`g s`) would
 * change the environment.
 */
export const ChoiceSelect = <T extends string>({ label, choices, value, onChange, valueText }: Props<T>) => {
  const text = valueText ?? choices.find((choice) => choice.id === value)?.label ?? value
  return (
    <MenuTrigger>
      <Button className="btn num" aria-label={`${label}: ${text}`}>
        <span className="cut">{text}</span>
        <ChevronDown className={overlay.caret} aria-hidden="true" />
      </Button>
      <Popover className={overlay.popover ?? ''} offset={4}>
        <Menu
          className={overlay.list ?? ''}
          aria-label={label}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[value]}
          onAction={(key) => onChange(String(key) as T)}
        >
          {choices.map((choice) => (
            <MenuItem key={choice.id} id={choice.id} textValue={choice.label} className={overlay.option ?? ''}>
              {({ isSelected }) => (
                <>
                  <span className="cut">{choice.label}</span>
                  {choice.detail && <span className="faint num">{choice.detail}</span>}
                  {isSelected && <Check aria-hidden="true" />}
                </>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
