"""Rules of the waiting lists: steps of an application, its history, dates, codes, differences of lists. Pure."""
