import type { Field } from './dialect.ts'

/**
 * Names that people give to sessions, users and cost dimensions when a framework lets them attach what they like. They are read after every
 * name that a convention defines.
 */
export const CARRIED: Readonly<Partial<Record<Field, readonly string[]>>> = {
  session: [
    'session_id',
    'sessionId',
    'session.id',
    'langfuse_session_id',
    'thread_id',
    'threadId',
    'conversation_id',
    'conversationId',
    'conversation.id',
  ],
  user: ['user_id', 'userId', 'user.id', 'langfuse_user_id', 'enduser.id'],
  agent: ['lc_agent_name', 'agent_name', 'agentName'],
  env: ['environment', 'deployment.environment', 'deployment.environment.name'],
  team: ['team', 'team_id', 'teamId'],
  costCenter: ['cost_center', 'costCenter'],
  customer: ['customer.id', 'customer_id', 'customerId', 'customer', 'tenant_id', 'tenantId'],
}

/** Prefixes under which frameworks put what their users attached: every prefix × every name above is a key (and `metadataJson` holds the names alone). */
export const CARRIERS: readonly string[] = [
  'traceloop.association.properties.',
  'lmnr.association.properties.',
  'lmnr.association.properties.metadata.',
  'ai.telemetry.metadata.',
  'langsmith.metadata.',
  'mastra.metadata.',
  'langfuse.trace.metadata.',
  'langfuse.observation.metadata.',
  'metadata.',
  'gen_ai.metadata.',
  'ai.settings.context.',
]
