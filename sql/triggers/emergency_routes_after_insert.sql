CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER emergency_routes_after_insert
AFTER INSERT ON emergency_routes FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
