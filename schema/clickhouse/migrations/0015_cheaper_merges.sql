-- Merging was the largest cost of a span after counting it (docs/decisions/0003-storage-layout.md): sixteen buckets for each of five maps are some 250 files a
-- part. Four keep most of what buckets are for (a question about one key reads a quarter of the map) at a third of the CPU.
ALTER TABLE spans MODIFY SETTING max_buckets_in_map = 4;
ALTER TABLE logs MODIFY SETTING max_buckets_in_map = 4;
-- A segment is one file, not one per column, until enough of them are merged: some 200,000 spans.
ALTER TABLE spans MODIFY SETTING min_bytes_for_wide_part = 268435456;
ALTER TABLE logs MODIFY SETTING min_bytes_for_wide_part = 268435456;
