-- A long body is its parts, by their hashes in this order, and its own body behind them (schema/model/content-parts.ts).
ALTER TABLE content ADD COLUMN IF NOT EXISTS `parts` Array(FixedString(16)) CODEC(ZSTD(1));
