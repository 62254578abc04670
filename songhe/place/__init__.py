"""Administrative divisions with their history, and the work calendar. 行政区划与工作日历"""
