"""Do PFS and OS, as they are used, describe patients who could exist?"""
