GRANT EXECUTE ON PROCEDURE usp_discard_rate_deck TO `definer`@`localhost`
