-- Bodies are mostly JSON, where a line begins behind \n: for the index that was one word, nOrder. The escapes of white space are taken out first.
ALTER TABLE content DROP INDEX IF EXISTS ix_body;

ALTER TABLE content ADD INDEX IF NOT EXISTS ix_words body TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lower(replaceAll(replaceAll(replaceAll(body, '\\n', ' '), '\\r', ' '), '\\t', ' ')));

ALTER TABLE content MATERIALIZE INDEX ix_words;
