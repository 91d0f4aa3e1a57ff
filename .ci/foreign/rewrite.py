"""Loads a scenario with PyYAML and dumps it in two layouts: python3 rewrite.py FILE KEPT SORTED"""
import sys

import yaml

read, kept, ordered = sys.argv[1:]
with open(read, encoding="utf-8") as f:
    value = yaml.safe_load(f)
with open(kept, "w", encoding="utf-8") as f:
    yaml.safe_dump(value, f, sort_keys=False)
with open(ordered, "w", encoding="utf-8") as f:
    yaml.safe_dump(value, f, default_flow_style=None, allow_unicode=True)
