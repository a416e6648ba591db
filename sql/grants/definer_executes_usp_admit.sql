GRANT EXECUTE ON PROCEDURE usp_admit TO `definer`@`localhost`
