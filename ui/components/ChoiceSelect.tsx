import { Check, ChevronDown } from 'lucide-react'
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components'
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

/** One of a few, as a button with a list. */
export const ChoiceSelect = <T extends string>({ label, choices, value, onChange, valueText }: Props<T>) => (
  <Select aria-label={label} value={value} onChange={(key) => onChange(String(key) as T)}>
    <Button className="btn num">
      <SelectValue>{({ selectedText }) => <span>{valueText ?? selectedText}</span>}</SelectValue>
      <ChevronDown className={overlay.caret} aria-hidden="true" />
    </Button>
    <Popover className={overlay.popover ?? ''} offset={4}>
      <ListBox className={overlay.list ?? ''}>
        {choices.map((choice) => (
          <ListBoxItem key={choice.id} id={choice.id} textValue={choice.label} className={overlay.option ?? ''}>
            {({ isSelected }) => (
              <>
                <span className="cut">{choice.label}</span>
                {choice.detail && <span className="faint num">{choice.detail}</span>}
                {isSelected && <Check aria-hidden="true" />}
              </>
            )}
          </ListBoxItem>
        ))}
      </ListBox>
    </Popover>
  </Select>
)
