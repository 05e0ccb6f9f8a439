"""Repeats in a corpus: millions of texts on one machine.

The same model as within a page (keys, shingles of two letters, datasketch's signatures, exact verification),
laid out for disks: ``read`` streams the inputs, ``sign`` writes what is compared, ``bands`` finds candidates,
``stars`` verifies them and chooses what is kept, ``write`` makes the folder, ``dedup`` runs the steps.
"""
