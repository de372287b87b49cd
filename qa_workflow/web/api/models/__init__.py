"""The shapes of what programs send and are answered, as the description of the API tells them."""
