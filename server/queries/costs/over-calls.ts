/**
 * An expression over one call (`call.agent`, `call.start_time >= …`) as the array of its values over the calls of a ledger row. Both forms are needed:
 * the joined one chooses and groups, the array marks the first call of a run with a key.
 */
export const overCalls = (sql: string): string => {
  const columns = [...new Set([...sql.matchAll(/\bcall\.(\w+)/g)].map(([, name]) => name!))]
  if (columns.length === 1 && sql === `call.${columns[0]}`) return `calls.${columns[0]}`
  const names = columns.map((name) => `of_${name}`)
  const body = sql.replace(/\bcall\.(\w+)/g, 'of_$1')
  return `arrayMap((${names.join(', ')}) -> ${body}, ${columns.map((name) => `calls.${name}`).join(', ')})`
}
