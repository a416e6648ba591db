GRANT EXECUTE ON PROCEDURE usp_note_unseen_change TO `service`@`host`
