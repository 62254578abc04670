"""The synthetic sample county 370799: nobody in it is anybody. 样例县

Generated, not collected: who lives there, who serves them and what they do in a month follow from a seed and from the
figures in ``data``, each with its source. The pure files make plans; ``load`` and ``act`` carry them out through the
verbs that everybody uses.
"""
