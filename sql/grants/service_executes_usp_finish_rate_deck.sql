GRANT EXECUTE ON PROCEDURE usp_finish_rate_deck TO `service`@`host`
