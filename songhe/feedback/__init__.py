"""评价与投诉。How people found a service, what they complain of, and who answers by when."""
