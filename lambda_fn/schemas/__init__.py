"""What goes over the wire: requests in, answers and problems out."""
