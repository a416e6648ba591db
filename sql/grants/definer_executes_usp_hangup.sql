GRANT EXECUTE ON PROCEDURE usp_hangup TO `definer`@`localhost`
