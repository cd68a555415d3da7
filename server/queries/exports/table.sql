-- A report as a file: every row, in an order that leaves no choice.
SELECT
    {{columns}}
FROM (
{{rows}}
) AS item
WHERE {{only}}
ORDER BY {{order}}
