CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER routing_plans_after_insert
AFTER INSERT ON routing_plans FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
