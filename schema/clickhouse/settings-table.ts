import type { Table } from './tables.ts'

/** One version of one document of a project (migrations/0021_settings.sql). */
export interface SettingRow {
  readonly projectId: number
  readonly kind: string
  readonly name: string
  readonly version: bigint
  readonly changedAtMs: number
  readonly actor: string
  readonly deleted: boolean
  /** JSON. */
  readonly body: string
}

export const SETTINGS: Table<SettingRow> = {
  name: 'settings',
  columns: [
    { name: 'project_id', type: 'UInt32', value: (s) => s.projectId },
    { name: 'kind', type: 'LowCardinality(String)', value: (s) => s.kind },
    { name: 'name', type: 'String', value: (s) => s.name },
    { name: 'version', type: 'UInt64', value: (s) => s.version },
    { name: 'changed_at', type: "DateTime64(3,'UTC')", value: (s) => BigInt(s.changedAtMs) },
    { name: 'actor', type: 'String', value: (s) => s.actor },
    { name: 'deleted', type: 'Bool', value: (s) => s.deleted },
    { name: 'body', type: 'String', value: (s) => s.body },
  ],
}

export interface AuditRow {
  readonly projectId: number
  readonly timeMs: number
  /** 32 hex digits. */
  readonly entryId: string
  readonly actor: string
  /** What was done: `prices.put`, `prices.reprice`, `month.close`, … */
  readonly action: string
  readonly subject: string
  /** JSON: what it was before, what it is, why. */
  readonly detail: string
}

export const AUDIT_LOG: Table<AuditRow> = {
  name: 'audit_log',
  columns: [
    { name: 'project_id', type: 'UInt32', value: (a) => a.projectId },
    { name: 'time', type: "DateTime64(3,'UTC')", value: (a) => BigInt(a.timeMs) },
    { name: 'entry_id', type: 'FixedString(16)', value: (a) => a.entryId },
    { name: 'actor', type: 'String', value: (a) => a.actor },
    { name: 'action', type: 'LowCardinality(String)', value: (a) => a.action },
    { name: 'subject', type: 'String', value: (a) => a.subject },
    { name: 'detail', type: 'String', value: (a) => a.detail },
  ],
}
