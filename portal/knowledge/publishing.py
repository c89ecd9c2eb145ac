"""Publishing an asset: for now by its author."""

from portal.items.publishing import merge_into, publish, retire

__all__ = ["merge_into", "publish", "retire"]
