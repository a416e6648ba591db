GRANT EXECUTE ON PROCEDURE usp_hangup TO `service`@`host`
