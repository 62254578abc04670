"""Numbers that can be read out, files, PDF and spreadsheets. 编号、文件与打印"""
