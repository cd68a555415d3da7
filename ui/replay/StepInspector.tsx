import { useQuery } from '@tanstack/react-query'
import { Link2, X } from 'lucide-react'
import { memo, useDeferredValue, useEffect, useState } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { Step } from '../../schema/api/shapes.ts'
import { spanQuery } from '../api/queries.ts'
import { STEP_LOOKS } from '../components/kind.ts'
import { formatCount, formatDuration } from '../util/format.ts'
import { AtThisMoment } from './AtThisMoment.tsx'
import styles from './inspector.module.css'
import { failureOf } from './marks.ts'
import type { ReplayModel } from './model.ts'
import { momentText } from './moments.ts'
import { StepFacts } from './StepFacts.tsx'
import { panesOf, StepPane } from './StepPanes.tsx'
import { costWords, stepMs, stepNoun, stepTitle } from './step-words.ts'
import { StepIcon } from './TranscriptLine.tsx'
import { useCurrentIndex, usePlaybackContext, usePlaybackValue } from './use-playback.ts'

interface Props {
  readonly model: ReplayModel
  readonly pane: string | undefined
  readonly onPane: (pane: string) => void
  readonly onSelect: (index: number) => void
  readonly onCopyLink: () => void
}

/** The step one is at, taken apart. Bodies come from the step's span, asked for once the position rests. */
export const StepInspector = (props: Props) => {
  const { model } = props
  const playback = usePlaybackContext()
  // While steps fly by, the inspector may lag behind: the playhead may not.
  const index = useDeferredValue(useCurrentIndex(playback, model.rec))
  const step = model.rec.steps[index]
  return (
    <section className={styles.inspector} aria-label="Inspector">
      {step ? (
        <Inspected {...props} step={step} index={index} />
      ) : (
        <p className={`muted ${styles.none}`}>Choose a step to see it whole.</p>
      )}
    </section>
  )
}

/** While steps go by, their bodies are not asked for. */
const REST_MS = 150

const useRestingSpan = (step: Step) => {
  const playback = usePlaybackContext()
  const playing = usePlaybackValue(playback, playback.playing)
  const [rested, setRested] = useState(step)
  useEffect(() => {
    if (playing) return
    const timer = setTimeout(() => setRested(step), REST_MS)
    return () => clearTimeout(timer)
  }, [step, playing])
  const wanted = !playing && rested === step && step.spanId !== ''
  return useQuery({ ...spanQuery(step.traceId, step.spanId), enabled: wanted })
}

const Inspected = memo(
  ({
    model,
    step,
    index,
    pane,
    onPane,
    onSelect,
    onCopyLink,
  }: Props & { readonly step: Step; readonly index: number }) => {
    const span = useRestingSpan(step)
    const panes = panesOf(step)
    const shown = panes.find((p) => p === pane) ?? panes[0]!
    const failure = failureOf(step)
    const cost = costWords(step)
    return (
      <>
        <header className={styles.top}>
          <h2>
            <StepIcon step={step} size={20} />
            <span className={`cut ${step.toolCall ? 'mono b' : ''}`}>{stepTitle(step)}</span>
            <span className={`chip k k-${STEP_LOOKS[step.kind].hue}`}>{stepNoun(step)}</span>
            {failure !== undefined && (
              <span className="chip k k-error">
                <X aria-hidden />
                {step.toolCall?.valid === false ? 'invalid arguments' : 'failed'}
              </span>
            )}
            <span className="grow" />
            <button
              type="button"
              className="btn plain"
              aria-label="Copy link"
              title="Copy link (y)"
              onClick={onCopyLink}
            >
              <Link2 aria-hidden />
            </button>
          </h2>
          <p className="muted num">
            step {formatCount(index + 1)} of {formatCount(model.rec.steps.length)} · {momentText(model.rec, index, 3)}
            {stepMs(step) > 0 && ` · ${formatDuration(stepMs(step))}`}
            {cost && ` · ${cost}`}
            {step.toolCall && !cost && ' · no fee'}
          </p>
        </header>
        <div className={styles.body}>
          <Tabs selectedKey={shown} onSelectionChange={(key) => onPane(String(key))}>
            <TabList className={styles.segments ?? ''} aria-label="Parts of the step">
              {panes.map((name) => (
                <Tab key={name} id={name} className={styles.segment ?? ''}>
                  {name[0]!.toUpperCase() + name.slice(1)}
                </Tab>
              ))}
            </TabList>
            <TabPanel key={shown} id={shown} className={styles.panel ?? ''}>
              <StepPane model={model} step={step} index={index} pane={shown} span={span.data} error={span.error} />
            </TabPanel>
          </Tabs>
          <StepFacts model={model} step={step} index={index} span={span.data} onSelect={onSelect} />
          <AtThisMoment model={model} index={index} />
        </div>
      </>
    )
  },
)
Inspected.displayName = 'Inspected'
