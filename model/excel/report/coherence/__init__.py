"""The sheet Coherence: do PFS and OS hang together?"""
