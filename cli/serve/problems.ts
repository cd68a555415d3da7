/** A start that cannot succeed as asked. The message names what is wrong, `remedy` what to do; printed without a stack, exit code 2. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem'
  readonly code: StartProblemCode
  readonly remedy: string

  constructor(code: StartProblemCode, message: string, remedy: string) {
    super(message)
    this.code = code
    this.remedy = remedy
  }
}

export type StartProblemCode =
  | 'data_directory_in_use'
  | 'data_directory_unusable'
  | 'data_of_newer_version'
  | 'port_in_use'
  | 'address_needs_key'
  | 'address_unusable'
  | 'tls_unusable'
  | 'unsupported_platform'
  | 'clickhouse_unreachable'
  | 'needs_clickhouse'
  | 'config_invalid'

export const describeProblem = (problem: StartProblem): string =>
  `recount: ${problem.message}\n         ${problem.remedy}\n         (${problem.code})`
