CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER caller_id_rules_after_insert
AFTER INSERT ON caller_id_rules FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
