-- Parts of like size are merged when there are ten of them, not five: half the rows are merged again while telemetry pours in (docs/decisions/0008). What then
-- lies still is merged on as before, since the engine asks for fewer the older parts get.
ALTER TABLE spans MODIFY SETTING merge_selector_base = 10;
ALTER TABLE logs MODIFY SETTING merge_selector_base = 10;
