import type { Charge } from '../model/charge.ts'
import type { Column, Stored, Table } from './tables.ts'

type C = Stored<Charge>
const column = (name: string, type: string, value: (charge: C) => unknown): Column<C> => ({ name, type, value })

const RANK_MAX = 2n ** 64n - 1n

/** Money posted later (migrations/0022_costs_and_late_facts.sql). */
export const CHARGES: Table<C> = {
  name: 'charges',
  columns: [
    column('project_id', 'UInt32', (c) => c.row.projectId),
    column('charge_id', 'FixedString(16)', (c) => c.row.chargeId),
    column('rank', 'UInt64', (c) => RANK_MAX - c.receivedOrder),
    column('id', 'String', (c) => c.row.id),
    column('trace_id', 'FixedString(16)', (c) => c.row.traceId),
    column('session_id', 'String', (c) => c.row.sessionId),
    column('target_key', 'String', (c) => c.row.targetKey),
    column('component', 'LowCardinality(String)', (c) => c.row.component),
    column('has_amount', 'Bool', (c) => c.row.amountNanoUsd !== undefined),
    column('amount', 'Decimal64(9)', (c) => c.row.amountNanoUsd ?? 0n),
    column('minutes', 'Decimal64(9)', (c) => c.row.nanoMinutes),
    column('time', "DateTime64(9,'UTC')", (c) => c.row.timeNanos),
    column('note', 'String', (c) => c.row.note),
    column('received_at', "DateTime64(3,'UTC')", (c) => BigInt(c.receivedAtMs)),
  ],
}
