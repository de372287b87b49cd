"""From shapes to frozen values: references resolved, phrases and due rules read, guards compiled."""
