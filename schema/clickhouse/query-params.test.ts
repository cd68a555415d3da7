import { describe, expect, it } from 'vitest'
import { formatParam, paramsPrelude } from './query-params.ts'

describe('query parameters of an embedded connection', () => {
  it('are set before the query, each as text that the engine reads as its declared type', () => {
    expect(paramsPrelude('SELECT {a:String}, {b:Array(String)}', { a: "it's \\ \n", b: ["x'y", 'z'] })).toBe(
      `${String.raw`SET param_a = 'it\'s \\\\ \\n', param_b = '[\'x\\\'y\',\'z\']';`}\n`,
    )
    expect(paramsPrelude('SELECT 1', {})).toBe('')
  })

  it('are escaped as the HTTP interface wants them', () => {
    expect(formatParam('tab\tslash\\')).toBe('tab\\tslash\\\\')
    expect([formatParam(true), formatParam(12n), formatParam(1.5), formatParam(Number.NaN)]).toEqual([
      '1',
      '12',
      '1.5',
      'nan',
    ])
    expect(formatParam(['a', ["b'"]])).toBe(String.raw`['a',['b\'']]`)
    expect(formatParam(new Date(1_700_000_000_123))).toBe('1700000000.123')
    expect(formatParam(null)).toBe('\\N')
  })

  it('must all be given, because a connection remembers those of earlier queries', () => {
    expect(() => paramsPrelude('SELECT {project:UInt32}', {})).toThrow('Substitution project is not set')
    expect(paramsPrelude("SELECT '{not:one}'", {})).toBe('')
  })

  it('refuse names that are no names and values that are no values', () => {
    expect(() => paramsPrelude('SELECT 1', { "a = 1; DROP TABLE x; SET b'": 1 })).toThrow('no parameter name')
    expect(() => paramsPrelude('SELECT {a:String}', { a: { b: 1 } })).toThrow('cannot be [object Object]')
  })
})
