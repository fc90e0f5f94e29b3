"""Who people are: rosters from files, invitations, accounts, single sign-on."""
