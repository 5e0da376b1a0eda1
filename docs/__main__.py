"""`python -m docs`: writes docs/commands.md, docs/settings.md and docs/topology.md anew."""

from docs.pages import write

if __name__ == "__main__":
    for name in write():
        print(f"wrote {name}")
