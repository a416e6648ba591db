GRANT EXECUTE ON PROCEDURE usp_admit TO `service`@`host`
