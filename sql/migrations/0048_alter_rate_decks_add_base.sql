ALTER TABLE rate_decks
  ADD COLUMN base_deck_id INT UNSIGNED NULL
    COMMENT 'The deck that these changes were merged into, which may be gone by now; NULL: a whole list' AFTER source
