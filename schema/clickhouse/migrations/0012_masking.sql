-- What masking looked for on a span, and with a ! behind what it found; '' where it was off.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS `masking` LowCardinality(String);

-- How many evaluations one check stands for: those that masking passed are noted once per run, name and agent. Checks of before stand for one each.
ALTER TABLE run_ledger ADD COLUMN IF NOT EXISTS `checks.count` Array(UInt32) DEFAULT arrayMap(name -> toUInt32(1), `checks.name`) CODEC(ZSTD(1));
