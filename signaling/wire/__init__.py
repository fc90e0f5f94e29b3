"""What goes over the socket: frames, error and close codes. TypeScript types are made from here."""
