import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Writes the table of docs/sizing.md anew from the last measured ingest of a million spans or more (bench/results/history.jsonl): `npm run sizing`.
 * Everything in it is a product of figures that are named beside it; nothing is rounded in our favour.
 */
const HISTORY = new URL('../bench/results/history.jsonl', import.meta.url)
const PAGE = new URL('../docs/sizing.md', import.meta.url)
const RATES = [1_000, 10_000, 100_000, 1_000_000]
const SPANS_MIN = 1_000_000
const DAY_SECONDS = 86_400
const SPAN_DAYS = 30
const LEDGER_DAYS = 400
/** Of a core, so that merges, questions and an hour's peak find room. */
const USED_SHARE = 0.6
/** Of a disk: merges write a part anew before the old ones go. */
const DISK_SHARE = 0.7
const OUTAGE_SECONDS = 3_600

const measured = readFileSync(HISTORY, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter(({ ingest }) => ingest?.spans >= SPANS_MIN && ingest.storedBytesPerSpanByTable)
  .at(-1)
if (!measured) throw new Error('no ingest of a million spans was measured yet: npm run bench -- ingest')

const { ingest, commit, at, cores, cpu } = measured
const { spansPerSecond, cpuSecondsPerMillionSpans, bytesPerSpanOnTheWire, storedBytesPerSpanByTable } = ingest
const LONG = ['run_ledger', 'runs', 'traces', 'calls_1h', 'runs_1h']
const longBytes = LONG.reduce((sum, table) => sum + (storedBytesPerSpanByTable[table] ?? 0), 0)
const shortBytes = Object.entries(storedBytesPerSpanByTable).reduce(
  (sum, [table, n]) => sum + (LONG.includes(table) ? 0 : n),
  0,
)

const withUnit = (bytes) => {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3))
  const value = bytes / 1000 ** power
  return `${value >= 100 ? Math.ceil(value) : value.toFixed(1)} ${units[power]}`
}
const row = (name, of) => `| ${name} | ${RATES.map(of).join(' | ')} |`
const disk = (bytesPerSpan, days) => (rate) => withUnit((rate * DAY_SECONDS * days * bytesPerSpan) / DISK_SHARE)

const table = [
  `Measured at commit ${commit} on ${at.slice(0, 10)} (${cores} × ${cpu}, everything on one machine, embedded engine): ${Math.round(spansPerSecond).toLocaleString('en')} spans/s until`,
  `tallied, ${cpuSecondsPerMillionSpans} CPU-s per million spans from bytes to tallied, ${bytesPerSpanOnTheWire} bytes a span on the wire, ${shortBytes.toFixed(1)} bytes a span stored for ${SPAN_DAYS} days,`,
  `${longBytes.toFixed(1)} for ${LEDGER_DAYS} (${LONG.join(', ')}).`,
  '',
  `| spans/s | ${RATES.map((rate) => rate.toLocaleString('en')).join(' | ')} |`,
  `|---|${RATES.map(() => '--:').join('|')}|`,
  row(
    'spans a day',
    (rate) => `${((rate * DAY_SECONDS) / 1e9).toLocaleString('en', { maximumSignificantDigits: 3 })} · 10⁹`,
  ),
  row('network in', (rate) => `${withUnit(rate * bytesPerSpanOnTheWire)}/s`),
  row(`cores, collectors and ClickHouse together, ${USED_SHARE * 100} % used`, (rate) =>
    Math.ceil((rate * cpuSecondsPerMillionSpans) / 1e6 / USED_SHARE).toLocaleString('en'),
  ),
  row(`disk for ${SPAN_DAYS} days of spans, one replica, ${DISK_SHARE * 100} % full`, disk(shortBytes, SPAN_DAYS)),
  row(`disk for ${LEDGER_DAYS} days of runs and rollups, one replica`, disk(longBytes, LEDGER_DAYS)),
  row('spool for an hour without ClickHouse, all collectors', (rate) =>
    withUnit(rate * OUTAGE_SECONDS * bytesPerSpanOnTheWire),
  ),
  row('machines like the measured one, by throughput alone', (rate) =>
    Math.ceil(rate / spansPerSecond / USED_SHARE).toLocaleString('en'),
  ),
].join('\n')

const page = readFileSync(PAGE, 'utf8')
const parts = page.split(/(?<=<!-- figures -->\n)[\s\S]*?(?=<!-- \/figures -->)/)
if (parts.length !== 2) throw new Error('docs/sizing.md has lost the marks between which the table stands')
writeFileSync(PAGE, parts.join(`${table}\n`))
console.log(table)
