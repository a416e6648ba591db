GRANT EXECUTE ON PROCEDURE usp_gettypeofcall TO `definer`@`localhost`
