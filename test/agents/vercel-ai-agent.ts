import { openai } from '@ai-sdk/openai'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { generateText, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'
import { issueRefund, lookupOrder } from './refund-desk.ts'

/**
 * An agent as its users write it, with the Vercel AI SDK and nothing of Recount's: it is told where model and telemetry are by environment
 * variables alone (OPENAI_BASE_URL, OPENAI_API_KEY, OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT).
 *
 *     node --import ./bin/typescript.mjs test/agents/vercel-ai-agent.ts responses|chat|stream SESSION USER
 */
const [mode = 'responses', sessionId = 'session', userId = 'user'] = process.argv.slice(2)

const telemetry = new NodeSDK()
telemetry.start()

const task = {
  model: mode === 'chat' ? openai.chat('gpt-5-mini') : openai('gpt-5-mini'),
  system: 'You are the refund desk of a shop.',
  prompt: 'Refund my order A-1042.',
  stopWhen: stepCountIs(6),
  tools: {
    lookup_order: tool({
      description: 'Look up an order by its id.',
      inputSchema: z.object({ order_id: z.string() }),
      execute: async ({ order_id }) => lookupOrder(order_id),
    }),
    issue_refund: tool({
      description: 'Refund part of an order, in US dollars.',
      inputSchema: z.object({ order_id: z.string(), amount_usd: z.number() }),
      execute: async ({ amount_usd }) => issueRefund(amount_usd),
    }),
  },
  experimental_telemetry: { isEnabled: true, functionId: 'refund-desk', metadata: { sessionId, userId } },
}

const text = mode === 'stream' ? await streamText(task).text : (await generateText(task)).text
process.stdout.write(`${text}\n`)
await telemetry.shutdown()
