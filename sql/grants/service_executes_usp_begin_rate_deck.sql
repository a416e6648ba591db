GRANT EXECUTE ON PROCEDURE usp_begin_rate_deck TO `service`@`host`
