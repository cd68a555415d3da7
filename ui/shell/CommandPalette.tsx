import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { Bot, Database, Keyboard, type LucideIcon, MessagesSquare, Moon, Sparkles, Wrench } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import type { Response } from '../../schema/api/contract.ts'
import { searchQuery } from '../api/queries.ts'
import overlay from '../components/overlay.module.css'
import { setTheme, setZone } from '../util/preferences.ts'
import { describeRange } from '../util/time-format.ts'
import { PRESETS } from '../util/time-range.ts'
import styles from './CommandPalette.module.css'
import { DESTINATIONS } from './go-to.ts'
import { openOverlay } from './overlays.ts'
import { PaletteRow as Row } from './PaletteRow.tsx'
import { TextHits } from './TextHits.tsx'

type Hit = Response<'search'>['items'][number]
const HIT_ICONS: Readonly<Record<Hit['type'], LucideIcon>> = {
  agent: Bot,
  tool: Wrench,
  model: Sparkles,
  session: MessagesSquare,
  trace: Database,
}

/** ⌘K: pages, agents, tools, models, sessions and traces by name or id, what was said, commands. */
export const CommandPalette = ({ onClose }: { readonly onClose: () => void }) => {
  const [typed, setTyped] = useState('')
  const query = useDeferredValue(typed.trim())
  const { data } = useQuery(searchQuery(query))
  const navigate = useNavigate()
  const hits = query === '' ? [] : (data?.items ?? [])
  const then = (run: () => void) => () => {
    onClose()
    run()
  }
  const open = (hit: Hit) => then(() => void navigate(targetOf(hit)))
  return (
    <ModalOverlay className={overlay.scrim ?? ''} isOpen isDismissable onOpenChange={(isOpen) => isOpen || onClose()}>
      <Modal className={overlay.modal ?? ''}>
        <Dialog aria-label="Search or jump">
          <Command label="Search or jump" className={styles.command} loop>
            <Command.Input
              autoFocus
              className={styles.input}
              placeholder="Page, agent, tool, session or trace id, words that were said, command"
              value={typed}
              onValueChange={setTyped}
            />
            <Command.List className={styles.list}>
              <Command.Empty className={styles.empty}>Nothing begins with “{query}”.</Command.Empty>
              {hits.length > 0 && (
                <Command.Group heading="Found">
                  {hits.map((hit) => (
                    <Row
                      key={`${hit.type} ${hit.id}`}
                      value={`${hit.type} ${hit.id} ${hit.label} ${query}`}
                      icon={HIT_ICONS[hit.type]}
                      detail={hit.detail || hit.type}
                      onSelect={open(hit)}
                    >
                      {hit.label}
                    </Row>
                  ))}
                </Command.Group>
              )}
              <TextHits q={query} then={then} />
              <Command.Group heading="Pages">
                {DESTINATIONS.map(({ to, label, icon, key, question }) => (
                  <Row
                    key={to}
                    value={`${label} ${question}`}
                    icon={icon}
                    detail={`g ${key}`}
                    onSelect={then(() => void navigate({ to }))}
                  >
                    {label} <span className="faint">{question}</span>
                  </Row>
                ))}
              </Command.Group>
              <Commands then={then} />
            </Command.List>
          </Command>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

const Commands = ({ then }: { readonly then: (run: () => void) => () => void }) => {
  const navigate = useNavigate()
  return (
    <Command.Group heading="Commands">
      {PRESETS.map((preset) => (
        <Row
          key={preset.from}
          value={`time range ${describeRange(preset, 'UTC')}`}
          onSelect={then(
            () => void navigate({ to: '.', search: (search) => ({ ...search, ...preset, to: undefined }) }),
          )}
        >
          Time range: {describeRange(preset, 'UTC')}
        </Row>
      ))}
      {(['system', 'light', 'dark'] as const).map((theme) => (
        <Row key={theme} value={`theme ${theme}`} icon={Moon} onSelect={then(() => setTheme(theme))}>
          Theme: {theme}
        </Row>
      ))}
      {(['local', 'UTC'] as const).map((zone) => (
        <Row key={zone} value={`zone ${zone} time`} onSelect={then(() => setZone(zone))}>
          Times in {zone === 'UTC' ? 'UTC' : 'local time'}
        </Row>
      ))}
      <Row value="keyboard shortcuts help" icon={Keyboard} detail="?" onSelect={then(() => openOverlay('help'))}>
        Keys of this page
      </Row>
    </Command.Group>
  )
}

const targetOf = (hit: Hit) => {
  switch (hit.type) {
    case 'agent':
      return { to: '/agents/$name', params: { name: hit.id } } as const
    case 'tool':
      return { to: '/tools/$name', params: { name: hit.id } } as const
    case 'model':
      return { to: '/sessions', search: { model: [hit.id] } } as const
    case 'session':
      return { to: '/sessions/$id', params: { id: hit.id } } as const
    case 'trace':
      return { to: '/traces/$traceId', params: { traceId: hit.id } } as const
  }
}
