"""What happens because time goes by: the sweep, cycles, messages that leave, incidents, a rehearsal's clock."""
