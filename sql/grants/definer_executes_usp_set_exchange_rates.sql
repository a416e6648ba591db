GRANT EXECUTE ON PROCEDURE usp_set_exchange_rates TO `definer`@`localhost`
