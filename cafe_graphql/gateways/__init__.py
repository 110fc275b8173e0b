"""What stands outside the café and is asked over the wire: whoever vouches for people, and whoever takes the cards."""
