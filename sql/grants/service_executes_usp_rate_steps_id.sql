GRANT EXECUTE ON PROCEDURE usp_rate_steps_id TO `service`@`host`
