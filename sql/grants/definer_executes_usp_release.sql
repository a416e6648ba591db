GRANT EXECUTE ON PROCEDURE usp_release TO `definer`@`localhost`
