GRANT EXECUTE ON PROCEDURE usp_remove_rates TO `definer`@`localhost`
