CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER rate_hours_after_update
AFTER UPDATE ON rate_hours FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
