"""The trail: who did, saw and changed what, sealed in a chain that shows any change. 留痕"""
