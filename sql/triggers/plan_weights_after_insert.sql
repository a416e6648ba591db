CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER plan_weights_after_insert
AFTER INSERT ON plan_weights FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
