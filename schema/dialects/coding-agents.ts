import type { Dialect } from './dialect.ts'

// Coding agents (dialects.md §5). Most of what they say stands under bare names, shared by all of them and read in `bare` (general.ts); their records of
// calls are in log-events.ts. Here is what has a name of one's own.

/** Claude Code (§5.1): kinds in `span.type`, with the product's name in front or without it. */
export const claudeCode: Dialect = {
  id: 'claude-code',
  marks: ['llm_request.', 'interaction.', 'query_source'],
  kinds: [
    {
      key: 'span.type',
      values: {
        'claude_code.interaction': 'agent',
        interaction: 'agent',
        'claude_code.llm_request': 'llm',
        llm_request: 'llm',
        'claude_code.tool': 'tool',
        tool: 'tool',
        'claude_code.tool.blocked_on_user': 'approval',
        'tool.blocked_on_user': 'approval',
        'claude_code.tool.execution': 'tool',
        'tool.execution': 'tool',
        'claude_code.hook': 'step',
        hook: 'step',
      },
    },
  ],
  aliases: {},
}

/** Codex (§5.2). The turn's sums under `codex.turn.token_usage.` repeat its calls and are left alone. */
export const codex: Dialect = {
  id: 'codex',
  marks: ['codex.'],
  kinds: [],
  aliases: { reasoning: ['codex.usage.reasoning_output_tokens'], totalTokens: ['codex.usage.total_tokens'] },
}

/** Gemini CLI (§5.3) and its forks. */
export const geminiCli: Dialect = {
  id: 'gemini-cli',
  marks: ['gemini_cli.'],
  kinds: [],
  aliases: { verdict: ['gemini_cli.conseca.verdict'] },
}

/** GitHub Copilot in the editor and on the command line (§5.4). Its cost counts premium requests, not dollars. */
export const copilot: Dialect = {
  id: 'copilot',
  marks: ['copilot_chat.', 'github.copilot.'],
  kinds: [],
  aliases: {
    session: ['copilot_chat.chat_session_id', 'copilot_chat.session_id'],
    ttft: [{ key: 'copilot_chat.time_to_first_token', scale: 1e6 }],
    inputContent: ['copilot_chat.user_request'],
    outputContent: ['copilot_chat.markdown_content'],
  },
}
