"""The synthetic sample county of the love card, 331199, and its small neighbour 331198: nobody in them is anybody.

As in the sample of the voucher, everything follows from a seed. The pure files (``people``, ``script``) make plans;
``load`` and ``act`` carry them out, by set where rows are many and through the verbs of everybody where rules decide.
爱心卡样例县
"""
