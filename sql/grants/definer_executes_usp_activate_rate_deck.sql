GRANT EXECUTE ON PROCEDURE usp_activate_rate_deck TO `definer`@`localhost`
