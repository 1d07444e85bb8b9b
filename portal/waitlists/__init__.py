"""Waiting lists of persons counted once: applications, person codes, links, vacancies, flow."""
