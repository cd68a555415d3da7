import type { ReactNode } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { NARROW, useMedia } from '../util/use-media.ts'
import styles from './replay.module.css'

interface PanesProps {
  readonly main: (narrow: boolean) => ReactNode
  readonly inspector: ReactNode
  readonly timeline: ReactNode
}

/** Panes remember their size; on a phone they stack and the inspector becomes a tab. */
export const Panes = ({ main, inspector, timeline }: PanesProps) => {
  const narrow = useMedia(NARROW)
  const rows = useDefaultLayout({ id: 'replay-rows', storage: localStorage })
  const columns = useDefaultLayout({ id: 'replay-columns', storage: localStorage })
  if (narrow) {
    return (
      <div className={styles.stack}>
        {main(true)}
        <div className={styles.dock}>{timeline}</div>
      </div>
    )
  }
  return (
    <Group
      orientation="vertical"
      className={styles.panes ?? ''}
      defaultLayout={rows.defaultLayout}
      onLayoutChanged={rows.onLayoutChanged}
    >
      <Panel id="top" minSize="30%">
        <Group orientation="horizontal" defaultLayout={columns.defaultLayout} onLayoutChanged={columns.onLayoutChanged}>
          <Panel id="main" minSize="320px">
            {main(false)}
          </Panel>
          <Separator className={styles.vertical} aria-label="Width of the inspector" />
          <Panel id="inspector" defaultSize="424px" minSize="260px">
            {inspector}
          </Panel>
        </Group>
      </Panel>
      <Separator className={styles.horizontal} aria-label="Height of the timeline" />
      <Panel id="timeline" defaultSize="232px" minSize="128px">
        {timeline}
      </Panel>
    </Group>
  )
}
