/** An example is for a person who mends a sender; longer ones say no more. */
export const SAMPLE_CHARS_MAX = 200

/**
 * Text of a sender that is kept as an example of what was refused: one line, cut short, and without anything that looks like a secret or a
 * person. Refused requests never reach the rules that mask telemetry, so this is stricter: what is long and random goes, whatever it is. Ids of
 * traces and spans (hex) stay, since they are what a reader looks for.
 */
export const sampleText = (text: string): string => {
  // A long text is cut before it is searched, and after: what stands at the cut may be half a secret.
  const line = text
    .slice(0, SAMPLE_CHARS_MAX * 4)
    .replace(UNSEEN, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  const masked = line
    .replace(EXCERPT, '(text left out) is not valid JSON')
    .replace(EMAIL, '(e-mail)')
    .replace(DIGITS, (run) => (NANOS.test(run) ? run : '(number)'))
    .replace(RANDOM, (word) => (isId(word) ? word : `(${word.length} characters)`))
  return masked.length > SAMPLE_CHARS_MAX ? `${masked.slice(0, SAMPLE_CHARS_MAX - 1)}…` : masked
}

/** Control, format (bidirectional ones turn a line around) and separator characters, and halves of surrogate pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu
/** JSON.parse quotes some characters around what it stumbled over: a piece of a secret looks like nothing. */
const EXCERPT = /(?:\.{3})?".*"(?:\.{3})? is not valid JSON/
const EMAIL = /[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g
/** Cards, accounts, telephone and insurance numbers, also in groups; nanoseconds since the epoch are what a refusal speaks of. */
const DIGITS = /\d(?:[ -]?\d){8,}/g
const NANOS = /^1\d{18}$/
const RANDOM = /[\w+/=.~-]{20,}/g

const isId = (word: string): boolean => /^[0-9a-f]{1,32}$/i.test(word) || /^[a-z]+(?:[_./-][a-z0-9]+)*$/.test(word)
