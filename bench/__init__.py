"""`make bench`: what a page costs, as a ratio to a fixed trivial page under the same server in the same run."""
