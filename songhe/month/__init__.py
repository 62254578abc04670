"""The month as an ordered list of steps, and the synthetic county that lives through it. 月度运行"""
