-- Merging was the largest cost of a span after counting it (docs/decisions/0003-storage-layout.md): sixteen buckets for each of five maps are some 250 files a
-- part. Four keep most of what buckets are for (a question about one key reads a quarter of the map) at a third of the CPU.
ALTER TABLE spans MODIFY SETTING max_buckets_in_map = 4;
ALTER TABLE logs MODIFY SETTING max_buckets_in_map = 4;
-- A part is one file, not one per column and bucket, until it holds some 800,000 spans: merging into single files takes half the CPU. A question still reads only the
-- columns it names.
ALTER TABLE spans MODIFY SETTING min_bytes_for_wide_part = 1073741824;
ALTER TABLE logs MODIFY SETTING min_bytes_for_wide_part = 1073741824;
