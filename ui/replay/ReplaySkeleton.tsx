import styles from './replay.module.css'

const LINES = [62, 40, 48, 35, 70, 44, 52, 38]

/** The shape of the page while its steps are on their way. */
export const ReplaySkeleton = () => (
  <div className={styles.page} role="status" aria-label="Loading the recording">
    <div className={styles.header}>
      <span className="skeleton" style={{ width: 280, height: 24 }} />
      <span className="skeleton" style={{ width: 620, height: 14, maxWidth: '100%' }} />
    </div>
    <div className={styles.tabs} />
    <div className={styles.scroll}>
      {LINES.map((width, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a skeleton have no identity.
        <div key={i} className={styles.skeletonLine}>
          <span className="skeleton" style={{ width: 22, height: 22, marginLeft: 54 }} />
          <span className="skeleton" style={{ width: `${width}%`, height: 14, marginTop: 4 }} />
        </div>
      ))}
    </div>
    <div className={styles.dock} />
  </div>
)
