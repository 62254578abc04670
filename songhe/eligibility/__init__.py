"""Person, level and policy pack make a determination. 资格认定"""
