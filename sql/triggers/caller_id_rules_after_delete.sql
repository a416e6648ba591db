CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER caller_id_rules_after_delete
AFTER DELETE ON caller_id_rules FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
