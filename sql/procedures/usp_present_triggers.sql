CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_present_triggers()
READS SQL DATA
SQL SECURITY DEFINER
COMMENT 'Names the triggers that are there, for an account that may not see them itself.'
SELECT TRIGGERS.TRIGGER_NAME AS trigger_name
FROM information_schema.TRIGGERS
WHERE TRIGGERS.TRIGGER_SCHEMA = DATABASE()
