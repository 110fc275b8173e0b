"""What stands outside the café and is asked over the wire: whoever vouches for people, and later the card terminal."""
