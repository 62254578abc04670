"""The ways in, by audience: command line, API and pages. A door parses, authorises, takes the clock, calls one verb. 入口"""
