GRANT EXECUTE ON PROCEDURE usp_gettypeofcall TO `service`@`host`
