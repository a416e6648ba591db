GRANT EXECUTE ON PROCEDURE usp_present_triggers TO `service`@`host`
