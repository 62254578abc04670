"""The shell that every page stands in: look, sign-in, clock, errors, the pieces pages are made of. 页面外壳"""
