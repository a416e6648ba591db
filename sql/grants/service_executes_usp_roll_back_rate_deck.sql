GRANT EXECUTE ON PROCEDURE usp_roll_back_rate_deck TO `service`@`host`
