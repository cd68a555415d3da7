/**
 * How the keys of providers begin: what agents hold in their environment and print by mistake. From the providers' documentation and the rules of
 * gitleaks (config/gitleaks.toml); a prefix is listed only where it is rare in other text.
 */
export interface KeyPrefix {
  readonly prefix: string
  /** Characters behind the prefix, at least. */
  readonly min: number
  /** Behind the prefix stand only letters and digits; otherwise also `-` and `_`. */
  readonly plain?: boolean
  /** Also `.`. */
  readonly dots?: boolean
  /** Some stretch between `-` and `_` must be this long, so that kebab-case words are no keys. */
  readonly stretch?: number
}

export const KEY_PREFIXES: readonly KeyPrefix[] = [
  // OpenAI, Anthropic (sk-ant-), OpenRouter (sk-or-), DeepSeek and others after them.
  { prefix: 'sk-', min: 20, stretch: 16 },
  { prefix: 'sk-lf-', min: 32 },
  { prefix: 'pk-lf-', min: 32 },
  { prefix: 'gsk_', min: 20, plain: true },
  { prefix: 'xai-', min: 20, plain: true },
  { prefix: 'pplx-', min: 20, plain: true },
  { prefix: 'r8_', min: 20, plain: true },
  { prefix: 'hf_', min: 20, plain: true },
  { prefix: 'tvly-', min: 16, stretch: 12 },
  { prefix: 'lsv2_', min: 30 },
  { prefix: 'AIza', min: 30 },
  { prefix: 'ya29.', min: 20, dots: true },
  { prefix: 'GOCSPX-', min: 20 },
  { prefix: 'AKIA', min: 16, plain: true },
  { prefix: 'ASIA', min: 16, plain: true },
  { prefix: 'ghp_', min: 20, plain: true },
  { prefix: 'gho_', min: 20, plain: true },
  { prefix: 'ghu_', min: 20, plain: true },
  { prefix: 'ghs_', min: 20, plain: true },
  { prefix: 'ghr_', min: 20, plain: true },
  { prefix: 'github_pat_', min: 20 },
  { prefix: 'glpat-', min: 20 },
  { prefix: 'npm_', min: 30, plain: true },
  { prefix: 'pypi-', min: 50 },
  { prefix: 'xoxb-', min: 20 },
  { prefix: 'xoxp-', min: 20 },
  { prefix: 'xoxa-', min: 20 },
  { prefix: 'xoxe-', min: 20 },
  { prefix: 'xoxe.', min: 20, dots: true },
  { prefix: 'xoxr-', min: 20 },
  { prefix: 'xoxs-', min: 20 },
  { prefix: 'xapp-', min: 20 },
  { prefix: 'sk_live_', min: 16, plain: true },
  { prefix: 'sk_test_', min: 16, plain: true },
  { prefix: 'rk_live_', min: 16, plain: true },
  { prefix: 'rk_test_', min: 16, plain: true },
  { prefix: 'whsec_', min: 20 },
  // Recount's own (cli/serve/keys.ts).
  { prefix: 'rk_', min: 32 },
  { prefix: 'SG.', min: 40, dots: true },
  { prefix: 'dop_v1_', min: 32, plain: true },
  { prefix: 'lin_api_', min: 20, plain: true },
  { prefix: 'ntn_', min: 30, plain: true },
  { prefix: 'shpat_', min: 24, plain: true },
  { prefix: 'sntrys_', min: 20 },
]

/** Where the pass over a text stops to look for a prefix: at its last rare character. */
const stopsAt = (prefix: string): string => (/[-_.]$/.test(prefix) ? prefix : STOPS[prefix]!)
const STOPS: Readonly<Record<string, string>> = { AIza: 'AIz', AKIA: 'AK', ASIA: 'ASI' }

/** Last two characters of what the pass stops at, as one number → all that end so. */
export const PREFIXES_BY_END: ReadonlyMap<number, readonly string[]> = (() => {
  const byEnd = new Map<number, string[]>()
  for (const { prefix } of KEY_PREFIXES) {
    const stop = stopsAt(prefix)
    const end = stop.charCodeAt(stop.length - 2) * 128 + stop.charCodeAt(stop.length - 1)
    byEnd.set(end, [...(byEnd.get(end) ?? []), stop])
  }
  return byEnd
})()
