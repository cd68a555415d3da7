-- Values of the fields that runs can be filtered by, with the number of runs that have them.
SELECT
    facet.1 AS field,
    facet.2 AS value,
    count() AS runs
FROM (
    SELECT arrayJoin(arrayDistinct(arrayConcat(
        [('env', toString(r.env)), ('team', toString(r.team)), ('customer', toString(r.customer)),
         ('version', toString(r.agent_version)), ('outcome', toString(r.outcome)), ('user', r.user_id),
         ('errors', if(r.error_count > 0, 'true', 'false'))],
        arrayMap(v -> ('agent', toString(v)), arrayPushBack(r.agents, r.root_agent)),
        arrayMap(v -> ('model', toString(v)), r.models),
        arrayMap(v -> ('tool', toString(v)), r.tools),
        arrayMap(v -> ('guardrail', toString(v)), r.guardrails),
        arrayMap(v -> ('score', toString(v)), r.score_names),
        [('experiment', r.labels['recount.experiment.name'])]
    ))) AS facet
    FROM runs AS r FINAL
    WHERE {{runs}}
)
WHERE facet.2 != ''
  AND field IN {fields:Array(String)}
GROUP BY field, value
ORDER BY field, runs DESC, value
LIMIT 50 BY field
