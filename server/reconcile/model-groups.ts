/**
 * A bill and telemetry call one model by several names: `gpt-4o` and `gpt-4o-2024-08-06`, `Claude Sonnet 4.5` and `claude-sonnet-4-5-20250929`. Names that
 * differ in case and punctuation alone are one. A name without a date stands for every dated one of its family, so a family in which somebody
 * writes it is compared as a whole; where all names have dates each is a model of its own.
 */
const REGION = /^(?:us|eu|apac|jp|au|global)\./
const VENDOR = /^(?:anthropic|amazon|meta|mistral|cohere|deepseek|ai21|openai|models|google)[./]/
const BEFORE = /^.*\//
const VERSION = /-v\d+:\d+$/
/** How the providers write the date, or the build, of a model. */
const DATES = [/-\d{4}-\d{2}-\d{2}$/, /-\d{8}$/, /-latest$/, /-\d{4}$/, /-00\d$/]

export const plainName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(BEFORE, '')
    .replace(REGION, '')
    .replace(VENDOR, '')
    .replace(VERSION, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

export const familyOf = (plain: string): string => {
  const date = DATES.find((pattern) => pattern.test(plain))
  return date ? plain.replace(date, '') : plain
}

/** For all names of one provider: which group each belongs to. */
export const modelGroups = (names: Iterable<string>): ((name: string) => string) => {
  const undated = new Set<string>()
  for (const name of names) {
    const plain = plainName(name)
    if (plain === familyOf(plain) || plain.endsWith('-latest')) undated.add(familyOf(plain))
  }
  return (name) => {
    const plain = plainName(name)
    return undated.has(familyOf(plain)) ? familyOf(plain) : plain
  }
}
