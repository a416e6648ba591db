GRANT EXECUTE ON PROCEDURE usp_rate_hours_id TO `service`@`host`
