"""The programme: what the host has it show, whatever the director would."""
