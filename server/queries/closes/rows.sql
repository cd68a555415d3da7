-- Frozen rows of a closed month in their order.
SELECT
    c.line AS line,
    c.day AS day,
    c.provider AS provider,
    c.model AS model,
    c.component AS component,
    c.team AS team,
    c.cost_center AS cost_center,
    c.agent AS agent,
    c.agent_version AS agent_version,
    c.workflow AS workflow,
    c.customer AS customer,
    c.env AS env,
    c.calls AS calls,
    c.input_tokens AS input_tokens,
    c.output_tokens AS output_tokens,
    toString(c.cost) AS cost_usd
FROM closed_costs AS c
WHERE c.project_id = {project:UInt32}
  AND c.month = {month:String}
  AND c.version = {version:UInt64}
  AND c.line > {after:Int64}
ORDER BY c.line
LIMIT {limit:UInt32}
