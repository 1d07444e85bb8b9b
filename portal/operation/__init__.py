"""Running the portal: server, worker, list of routes, backup."""
