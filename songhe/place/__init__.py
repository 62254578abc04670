"""Where and when: the administrative divisions through the years, and which days the State Council makes workdays."""
