"""Environments and workers: what exists in the index, which pins fit, where they are installed, who drives.

index -> releases -> resolve -> environment -> payload -> worker, each a module of that name.
"""
