"""Who comes in and who somebody is: accounts, sessions, keys, invitations, cover, leaving."""
