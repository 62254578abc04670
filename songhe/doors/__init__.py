"""The ways in, by audience. A door parses, authorises, takes the clock, calls one verb, renders. 入口"""
