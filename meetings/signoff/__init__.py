"""Sign-off of the minutes: signed by host and clerk, published, corrected by addenda."""
