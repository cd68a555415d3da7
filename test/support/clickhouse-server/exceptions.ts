/**
 * HTTP status of a ClickHouse exception, as the server maps it (src/Server/HTTP/exceptionCodeToHTTPStatus.cpp); whatever is not named is 500.
 * Only codes that the embedded engine or this server can raise are listed.
 */
const STATUS_BY_CODE: Readonly<Record<number, number>> = {
  6: 400, // CANNOT_PARSE_TEXT
  8: 400, // THERE_IS_NO_COLUMN
  15: 400, // DUPLICATE_COLUMN
  25: 400, // CANNOT_PARSE_ESCAPE_SEQUENCE
  26: 400, // CANNOT_PARSE_QUOTED_STRING
  27: 400, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  36: 400, // BAD_ARGUMENTS
  38: 400, // CANNOT_PARSE_DATE
  41: 400, // CANNOT_PARSE_DATETIME
  44: 400, // ILLEGAL_COLUMN
  46: 404, // UNKNOWN_FUNCTION
  47: 404, // UNKNOWN_IDENTIFIER
  48: 501, // NOT_IMPLEMENTED
  50: 404, // UNKNOWN_TYPE
  53: 400, // TYPE_MISMATCH
  56: 404, // UNKNOWN_STORAGE
  60: 404, // UNKNOWN_TABLE
  62: 400, // SYNTAX_ERROR
  69: 400, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  72: 400, // CANNOT_PARSE_NUMBER
  73: 404, // UNKNOWN_FORMAT
  76: 503, // CANNOT_OPEN_FILE
  81: 404, // UNKNOWN_DATABASE
  115: 404, // UNKNOWN_SETTING
  117: 400, // INCORRECT_DATA
  159: 408, // TIMEOUT_EXCEEDED
  167: 400, // TOO_DEEP_AST
  168: 400, // TOO_BIG_AST
  209: 503, // SOCKET_TIMEOUT
  497: 403, // ACCESS_DENIED
  516: 403, // AUTHENTICATION_FAILED
}

/** What the server would print for this failure, with the code and status that go with it. */
export class ServerException extends Error {
  override readonly name = 'ServerException'
  readonly code: number

  constructor(code: number, message: string, type: string) {
    super(`Code: ${code}. DB::Exception: ${message} (${type})`)
    this.code = code
  }
}

export interface ExceptionAnswer {
  readonly status: number
  readonly code: number
  readonly body: string
}

/** Of an error of the embedded engine or of this server; anything else is a bug here and answered as 1002 (UNKNOWN_EXCEPTION). */
export const exceptionAnswer = (error: unknown): ExceptionAnswer => {
  const { code, clickhouseCode, message } = error as { code?: unknown; clickhouseCode?: unknown; message?: string }
  const number = error instanceof ServerException ? (code as number) : clickhouseCode
  if (typeof number !== 'number')
    return { status: 500, code: 1002, body: `Code: 1002. DB::Exception: ${message ?? error} (UNKNOWN_EXCEPTION)\n` }
  return { status: STATUS_BY_CODE[number] ?? 500, code: number, body: `${message} (version over chdb)\n` }
}
