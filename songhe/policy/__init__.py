"""Policy packs: the rules of every programme as data; read, check, evaluate, explain. 政策包"""
