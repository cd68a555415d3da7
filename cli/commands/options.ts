import { InvalidArgumentError, Option } from 'commander'

/** A flag with its environment variable: `--otlp-http` is `RECOUNT_OTLP_HTTP`. */
export const flag = (flags: string, description: string): Option => {
  const name = /--([a-z-]+)/.exec(flags)![1]!
  return new Option(flags, description).env(`RECOUNT_${name.toUpperCase().replaceAll('-', '_')}`)
}

export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < min || value > max)
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`)
    return value
  }

export const portNumber = wholeNumber(0, 65_535)

export const endpointOption = (): Option =>
  flag('--endpoint <url>', 'OTLP/HTTP address to send to').default('http://127.0.0.1:4318')
export const keyOption = (): Option => flag('--key <key>', 'API key with scope ingest, where the other side wants one')

/** For commands that send: a failure of the other side is a sentence, not a stack. */
export const orExplain = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work
  } catch (error) {
    console.error(`recount: ${(error as Error).message}`)
    process.exitCode = 1
  }
}
