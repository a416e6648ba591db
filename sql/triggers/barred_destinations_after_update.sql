CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER barred_destinations_after_update
AFTER UPDATE ON barred_destinations FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
