GRANT EXECUTE ON PROCEDURE usp_copy_rates TO `definer`@`localhost`
